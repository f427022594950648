import ArgumentParser
import Dashboard
import ProcSampling

/// A view that `dxtop watch` prints: the one list of them.
struct WatchedView: Equatable, Sendable {
    /// As a person types it; of its rows in JSON, too.
    let name: String
    /// For `--help`: which rows come first, and what to know when reading them.
    let help: String
    /// The view of the dashboard whose table text has.
    let place: Place
    /// The sockets that it shows, or that detectors read.
    let tables: SocketTables
    /// Writes its rows, under its name.
    let writeRows: @Sendable (inout FieldWriter, RowDocuments, Snapshot) throws -> Void

    init<Rows: Encodable & SendableMetatype>(
        _ name: String, _ help: String, _ place: Place, tables: SocketTables = [],
        rows: @escaping @Sendable (RowDocuments, Snapshot) -> Rows?
    ) {
        self.name = name
        self.help = help
        self.place = place
        self.tables = tables
        writeRows = { writer, documents, snapshot in
            try writer.write(name, rows(documents, snapshot))
        }
    }

    static let findings = WatchedView(
        "findings",
        """
        most severe first, each with its evidence and the next step; most take 10 to 30 s
        """, .overview, tables: [.udp, .closeWait, .listening],
        rows: { documents, _ in documents.findings.map(FindingDocument.init) })

    static let sockets = WatchedView(
        "sockets", "TCP, UDP and UNIX", .sockets(of: nil), tables: .all
    ) { $0.sockets(of: $1) }

    static let udp = WatchedView(
        "udp",
        """
        most drops first, with drops by stage; how a socket's reader behaves is known 5 s after \
        the first drop
        """, .udp, tables: .udp
    ) { $0.udp(of: $1) }

    static let all = [
        WatchedView("threads", "hottest first", .threads(of: nil)) { $0.threads(of: $1) },
        // How many sockets each process has, and what it drops.
        WatchedView("processes", "hottest first", .overview, tables: [.tcp, .udp, .unix]) {
            $0.processes(of: $1)
        },
        WatchedView(
            "memory",
            """
            fastest growth first, since the start or over the last hour; a verdict (shape, \
            eta_seconds) takes half a minute
            """, .memory
        ) { $0.memory(of: $1) },
        sockets, udp,
        WatchedView("disks", "the busiest first, as iostat -x has them", .disk) {
            $0.disks(of: $1)
        },
        findings,
    ]

    static func == (a: WatchedView, b: WatchedView) -> Bool { a.name == b.name }
}

extension WatchedView: ExpressibleByArgument {
    init?(argument: String) {
        guard let view = Self.all.first(where: { $0.name == argument }) else { return nil }
        self = view
    }

    static var allValueStrings: [String] { all.map(\.name) }
}
