/// Sockets as ss (iproute2) tells of them, by inode.
struct SocketStatistics {
    var rows: [Int: Row] = [:]

    enum Kind: String {
        case tcp = "-t"
        case udp = "-u"
        case unix = "-x"
    }

    struct Row {
        /// As the kernel spells it: CLOSE_WAIT, FIN_WAIT2.
        var state: String
        var receiveQueue: Double
        var sendQueue: Double
        /// What the kernel charges for the receive queue, and how much it may be.
        var charged: Double?
        var receiveBuffer: Double?
        var drops: Double?
        var retransmits: Double?
        var roundTripMicroseconds: Double?
        var local: Address
        var peer: Address
        var owners: [Owner]
    }

    struct Address: Hashable {
        var host: String
        /// Nil for any.
        var port: Int?
    }

    struct Owner: Hashable {
        var process: Int
        var descriptor: Int
    }

    static func measure(
        _ kind: Kind, in namespace: NetworkNamespace? = nil
    ) async throws -> SocketStatistics {
        let program = Program(path: "/usr/bin/ss", arguments: ["-HOanmeip", kind.rawValue])
        return SocketStatistics(try await run(program.inside(namespace)).output, kind)
    }

    /// Reads lines of `ss -HO`: columns first, then words and groups with a name before them. In
    /// those of UNIX sockets a path and an inode stand for each address.
    init(_ output: String, _ kind: Kind) {
        for line in output.split(separator: "\n") {
            var words = line.split(separator: " ")
            if kind == .unix, !words.isEmpty { words.removeFirst() }
            guard words.count >= 5, let receive = Double(words[1]), let send = Double(words[2])
            else { continue }
            let memory = line.firstMatch(of: /skmem:\(r(\d+),rb(\d+),.*d(\d+)\)/)
            let retransmits = line.firstMatch(of: /retrans:\d+\/(\d+)/)
            let roundTrip = line.firstMatch(of: /\brtt:([0-9.]+)\//)
            let inode = kind == .unix ? words[4] : line.firstMatch(of: /ino:(\d+)/)?.1
            guard let inode = inode.flatMap({ Int($0) }), inode > 0 else { continue }
            let owners = line.matches(of: /pid=(\d+),fd=(\d+)/).compactMap { match -> Owner? in
                guard let process = Int(match.1), let descriptor = Int(match.2) else { return nil }
                return Owner(process: process, descriptor: descriptor)
            }
            rows[inode] = Row(
                state: Self.state(words[0]), receiveQueue: receive, sendQueue: send,
                charged: memory.flatMap { Double($0.1) },
                receiveBuffer: memory.flatMap { Double($0.2) },
                drops: memory.flatMap { Double($0.3) },
                // Not told where there was none.
                retransmits: retransmits.flatMap { Double($0.1) } ?? (kind == .tcp ? 0 : nil),
                roundTripMicroseconds: roundTrip.flatMap { Double($0.1) }.map {
                    ($0 * 1000).rounded()
                },
                local: Self.address(words[3], kind),
                peer: Self.address(words[kind == .unix ? 5 : 4], kind), owners: owners)
        }
    }

    /// ss has names of its own: CLOSE-WAIT, ESTAB, FIN-WAIT-2.
    private static func state(_ name: Substring) -> String {
        switch name {
        case "ESTAB": "ESTABLISHED"
        case "FIN-WAIT-1": "FIN_WAIT1"
        case "FIN-WAIT-2": "FIN_WAIT2"
        default: String(name.map { $0 == "-" ? "_" : $0 })
        }
    }

    /// `127.0.0.1:53`, `[::1]:53`, `127.0.0.53%lo:53`; `*:53` is any of both families.
    private static func address(_ text: Substring, _ kind: Kind) -> Address {
        guard kind != .unix, let colon = text.lastIndex(of: ":") else {
            return Address(host: String(text), port: nil)
        }
        let host = text[..<colon].filter { $0 != "[" && $0 != "]" }.prefix { $0 != "%" }
        return Address(
            host: host == "*" ? "::" : String(host), port: Int(text[text.index(after: colon)...]))
    }
}
