internal import ProcSampling
internal import Units

extension SocketSample {
    /// ":12201" for any address, else "10.0.0.1:12201" or "[::1]:12201".
    var localName: String {
        guard case .ip(let address, let port) = local else { return "?" }
        if address.isUnspecified { return ":\(port)" }
        return address.isV6 && !address.isMappedV4
            ? "[\(address)]:\(port)" : "\(address.unmapped):\(port)"
    }
}

/// Names of processes, for sentences.
struct ProcessNames {
    private let names: [ProcessIdentity: String]

    init(_ processes: [ProcessSample]) {
        names = Dictionary(
            processes.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// "edged 3310", or "3310" where the name is not known.
    subscript(_ process: ProcessIdentity) -> String {
        names[process].map { "\($0) \(process.pid)" } ?? process.pid.description
    }
}
