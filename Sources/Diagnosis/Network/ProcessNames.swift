package import ProcSampling
internal import Units

/// Names of processes, for sentences and columns.
package struct ProcessNames: Sendable {
    private let names: [ProcessIdentity: String]

    package init(_ processes: [ProcessSample] = []) {
        names = Dictionary(
            processes.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// Nil where it is not known.
    package func name(of process: ProcessIdentity) -> String? { names[process] }

    /// "edged 3310", or "3310" where the name is not known.
    package subscript(_ process: ProcessIdentity) -> String {
        names[process].map { "\($0) \(process.pid)" } ?? process.pid.description
    }
}
