package import Samples
package import Units

/// Names of processes, for sentences and columns.
package struct ProcessNames: Sendable {
    private let names: [ProcessIdentity: String]

    package init(_ processes: [ProcessSample] = []) {
        names = Dictionary(
            processes.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// Those for whose name and number it holds.
    package func processes(
        where isWanted: (_ name: String, _ pid: ProcessID) -> Bool
    ) -> Set<ProcessIdentity> {
        Set(names.filter { isWanted($0.value, $0.key.pid) }.keys)
    }

    /// Nil where it is not known.
    package func name(of process: ProcessIdentity) -> String? { names[process] }

    /// "edged 3310", or "3310" where the name is not known.
    package subscript(_ process: ProcessIdentity) -> String {
        names[process].map { "\($0) \(process.pid)" } ?? process.pid.description
    }
}
