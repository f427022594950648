/// What a program's package is called.
package struct PackageNames: Sendable, Hashable {
    /// On most distributions.
    let usual: String
    /// Where it is called something else.
    let exceptions: [Distribution: String]

    package init(_ usual: String, except exceptions: [Distribution: String] = [:]) {
        self.usual = usual
        self.exceptions = exceptions
    }

    func installCommand(on distribution: Distribution) -> String {
        "\(distribution.install) \(exceptions[distribution] ?? usual)"
    }
}

/// A family of distributions that share an installer and package names.
package enum Distribution: String, Sendable, Hashable, CaseIterable {
    case debian, ubuntu, fedora, suse, arch, alpine

    var install: String {
        switch self {
        case .debian, .ubuntu: "apt install"
        case .fedora: "dnf install"
        case .suse: "zypper install"
        case .arch: "pacman -S"
        case .alpine: "apk add"
        }
    }

    /// From `ID` and `ID_LIKE` of `/etc/os-release`; see `os-release(5)`.
    package init?(osRelease: some StringProtocol) {
        var names: [Substring] = []
        for line in osRelease.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0] == "ID" || parts[0] == "ID_LIKE" else { continue }
            let values = Substring(parts[1]).filter { $0 != "\"" && $0 != "'" }
                .split(separator: " ").map { Substring($0) }
            // The distribution's own name says more than what it is like.
            names.insert(contentsOf: values, at: parts[0] == "ID" ? 0 : names.endIndex)
        }
        for name in names {
            switch name {
            case "rhel", "centos", "rocky", "almalinux", "ol", "amzn": self = .fedora
            case "sles", "opensuse": self = .suse
            default:
                guard let known = Self(rawValue: String(name)) else { continue }
                self = known
            }
            return
        }
        return nil
    }
}
