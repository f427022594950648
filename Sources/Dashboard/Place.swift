package import ProcSampling
package import Units

/// Where in the dashboard one is. The way there is the breadcrumb, and the back-stack.
package enum Place: Hashable, Sendable {
    /// Resources, then processes by their hottest thread.
    case overview
    /// Threads of the whole host, or of one process.
    case threads(of: ProcessIdentity?)
    /// One thread in depth.
    case thread(ThreadIdentity, of: ProcessIdentity)
    /// Curves of memory, then processes by how much they grew.
    case memory
    /// One process's memory, mapping by mapping.
    case mappings(of: ProcessIdentity)
    /// Sockets of a network namespace, all or those of one group.
    case sockets(of: SocketGroup.ID?)
    /// The same, counted by what they have in common.
    case socketGroups(by: SocketGroup.Kind)
    /// One socket in depth.
    case socket(SocketID)
    /// UDP sockets by what they lose.
    case udp
    /// Where datagrams are lost on their way, by interface, CPU and counter.
    case losses
    /// Routing tables, and the way to one address.
    case routes
    /// A tool at work, from its card to its output.
    case tool
    /// A probe at work, and what it has found.
    case probe(ProbePage)

    /// The views of the number keys, by the name that `--view` takes.
    package enum View: String, CaseIterable, Sendable {
        case overview
        case threads
        case memory
        case sockets
        case udp

        package var place: Place {
            switch self {
            case .overview: .overview
            case .threads: .threads(of: nil)
            case .memory: .memory
            case .sockets: .sockets(of: nil)
            case .udp: .udp
            }
        }
    }
}

/// A place with what one did there: the selected row, the sort column, the filter.
package struct Level: Sendable {
    package let place: Place
    package var list: ListState
    /// What its process and thread were called when they were last seen.
    private(set) var processName: String?
    private(set) var threadName: String?
    private(set) var socketName: String?
    /// The last refresh in which its thread was there.
    private(set) var lastSeen: Int?

    init(_ place: Place) {
        self.place = place
        list = ListState(sort: place.firstSort)
    }

    var isNamed: Bool { processName != nil || socketName != nil }

    /// Keeps what is known of its process and thread, for when they have ended.
    mutating func note(_ snapshot: Snapshot) {
        switch place {
        case .threads(of: let owner?), .mappings(of: let owner):
            guard let process = snapshot.process(owner) else { return }
            processName = process.name
        case .thread(let identity, let owner):
            guard let process = snapshot.process(owner) else { return }
            processName = process.name
            guard let thread = process.threads.first(where: { $0.id == identity }) else { return }
            threadName = thread.name
            lastSeen = max(lastSeen ?? snapshot.sequence, snapshot.sequence)
        case .memory:
            guard case .process(let selected) = list.selected,
                let process = snapshot.process(selected)
            else { return }
            processName = process.name
        case .socket(let id):
            guard let socket = snapshot.network?.sockets[id] else { return }
            socketName = socket.label
        case .overview, .threads(of: nil), .tool, .sockets, .socketGroups, .udp, .losses, .routes,
            .probe:
            return
        }
    }
}

extension Place {
    /// The column that its list is sorted by at first.
    fileprivate var firstSort: ColumnID {
        switch self {
        case .overview: .hottest
        case .threads, .thread, .tool: .cpu
        case .memory: .hourChange
        case .mappings: .rate
        case .sockets, .socket: .seen
        case .socketGroups: .count
        case .udp, .losses: .dropRate
        case .routes: .table
        case .probe(.functions): .selfShare
        case .probe(.callTree), .probe(.threads): .totalShare
        case .probe(.systemCalls): .callCount
        case .probe(.waits): .share
        case .probe(.stacks): .threads
        }
    }
}

extension Place {
    /// Its rows stand in an order that no column makes: a way, a tree.
    var hasOwnOrder: Bool {
        switch self {
        case .losses, .probe(.callTree), .probe(.stacks): true
        default: false
        }
    }
}
