import Probes
import ProcFormats
import ProcSampling

/// Names of the users of a machine: those of `/etc/passwd` at once, others when somebody tells them.
struct Users {
    private var directory = UserDirectory()
    private let foreign = ForeignUsers()

    /// - Parameter snapshot: whose users are to have names.
    mutating func names(for snapshot: Snapshot) -> UserNames {
        directory.refresh()
        let known = directory.names
        foreign.ask(Set(snapshot.processes.compactMap(\.user)).filter { known[$0] == nil })
        return known.with(foreign.names)
    }
}
