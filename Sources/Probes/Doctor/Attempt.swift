import SystemPackage

/// How it went to try something.
package enum Attempt: Hashable, Sendable {
    case works
    /// This kernel does not have it.
    case absent
    /// Not permitted: EACCES, EPERM.
    case denied
    /// It failed otherwise, in words.
    case failed(String)

    init(_ error: Errno) {
        self =
            switch error {
            case .noSuchFileOrDirectory, .noFunction, .notSupported: .absent
            case .permissionDenied, .notPermitted: .denied
            default: .failed("\(error)")
            }
    }

    init(_ body: () throws(Errno) -> Void) {
        do throws(Errno) {
            try body()
            self = .works
        } catch {
            self = .init(error)
        }
    }

    /// Why it does not work.
    var reason: String? {
        switch self {
        case .works: nil
        case .absent: "not in this kernel"
        case .denied: "not permitted"
        case .failed(let words): words
        }
    }
}
