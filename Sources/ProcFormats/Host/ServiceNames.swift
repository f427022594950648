/// `/etc/services`: the names of well-known ports; `services(5)`. Read by us, as `UserNames`.
public struct ServiceNames: Hashable, Sendable {
    public enum Carrier: Hashable, Sendable {
        case tcp, udp
    }

    private struct Port: Hashable {
        var number: UInt16
        var carrier: Carrier
    }

    private var names: [Port: String] = [:]

    /// The name of a port; nil for one that is not in the file.
    public subscript(port: UInt16, carrier: Carrier) -> String? {
        names[Port(number: port, carrier: carrier)]
    }

    /// Parses the file: lines of "name port/carrier aliases # comment". A line that is not is left
    /// out. The first of two names for one port counts, as for `getservbyport(3)`.
    public init(parsing bytes: Span<UInt8>) {
        for line in bytes.text(in: bytes.indices).split(whereSeparator: \.isNewline) {
            let fields = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard fields.count >= 2 else { continue }
            let parts = fields[1].split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = UInt16(parts[0])
            else { continue }
            let carrier: Carrier
            switch parts[1] {
            case "tcp": carrier = .tcp
            case "udp": carrier = .udp
            default: continue
            }
            let port = Port(number: number, carrier: carrier)
            names[port] = names[port] ?? String(fields[0])
        }
    }
}
