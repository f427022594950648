public import Units

/// `/etc/passwd`: the names of users; `passwd(5)`. Read by us because glibc's own lookup loads
/// shared libraries, which a static program must not.
public struct UserNames: Hashable, Sendable {
    private var names: [UserID: String] = [:]

    /// The name of a user; nil for one that is not in the file.
    public subscript(user: UserID) -> String? { names[user] }

    /// With those that the file does not have.
    public func with(_ others: [UserID: String]) -> UserNames {
        var all = self
        all.names.merge(others) { own, _ in own }
        return all
    }

    /// Parses the file. People edit it: a line that is not `name:password:number:` is left out. The
    /// first of two names for one number counts, as for `getpwuid(3)`.
    public init(parsing bytes: Span<UInt8>) {
        let lines = bytes.text(in: bytes.indices).utf8.split(separator: .newline)
        for line in lines {
            let fields = line.split(
                separator: .colon, maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count == 4, let name = String(fields[0]), !name.isEmpty,
                fields[2].first != UInt8(ascii: "+"), let number = UInt32(Substring(fields[2]))
            else { continue }
            let user = UserID(number)
            names[user] = names[user] ?? name
        }
    }
}
