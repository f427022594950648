internal import ProcFormats
internal import Units

/// Finds the network namespaces of the machine: those that processes are in, and those that
/// `ip netns` gave a name. In pieces: there may be thousands of processes. Belongs to one thread.
final class NamespaceFinder {
    private let root: ProcRoot
    private let own: NamespaceID
    private var queue: ArraySlice<ProcessIdentity>?
    private var found: [NamespaceID: NetworkNamespace] = [:]
    private var denied = 0
    /// The latest complete list.
    private(set) var list: NamespaceList?

    init(root: ProcRoot, own: NamespaceID) {
        self.root = root
        self.own = own
    }

    var isSearching: Bool { queue != nil }

    /// Begins a search among these processes, lowest number first, unless one goes on.
    func begin(_ processes: [ProcessIdentity]) {
        guard queue == nil else { return }
        denied = 0
        found = [own: NetworkNamespace(id: own, isOwn: true)]
        for name in NamespaceDoor.names() {
            guard let id = NamespaceID(ofFile: NamespaceDoor.namedFolder + name) else { continue }
            found[id, default: NetworkNamespace(id: id)].names.append(name)
        }
        queue = processes[...]
    }

    /// Goes on until all were asked or `isTimeUp`.
    func search(until isTimeUp: () -> Bool) {
        guard var queue else { return }
        while let process = queue.first {
            guard !isTimeUp() else {
                self.queue = queue
                return
            }
            queue = queue.dropFirst()
            ask(process)
        }
        self.queue = nil
        let others = found.values.filter { !$0.isOwn }.sorted {
            ($1.processCount, $0.id.rawValue) < ($0.processCount, $1.id.rawValue)
        }
        let first = found[own].map { [$0] } ?? []
        list = NamespaceList(namespaces: first + others, deniedProcesses: denied)
    }

    private func ask(_ process: ProcessIdentity) {
        do throws(ProcError) {
            let id = try NamespaceID(of: process.pid, in: root)
            var namespace = found[id] ?? NetworkNamespace(id: id)
            if namespace.process == nil { namespace.process = process }
            namespace.processCount += 1
            found[id] = namespace
        } catch .denied {
            denied += 1
        } catch {
            // It ended.
        }
    }
}
