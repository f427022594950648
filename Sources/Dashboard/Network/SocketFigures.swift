package import Diagnosis
package import Fields
package import ProcFormats
package import Samples
import Units

/// What is known of the sockets of one reading; made once for all rows.
struct SocketFigures: Sendable {
    let reading: NetworkReading
    let words: SocketWords
    let verdicts: NetworkVerdicts
    /// Names of processes.
    let names: ProcessNames
    /// For the fields of their rows.
    let context: SocketContext

    init(
        reading: NetworkReading, words: SocketWords, verdicts: NetworkVerdicts,
        userNames: UserNames,
        names: ProcessNames
    ) {
        self.reading = reading
        self.words = words
        self.verdicts = verdicts
        self.names = names
        context = SocketContext(
            reading, userNames: userNames, verdicts: verdicts, names: names,
            address: { words.text($0, $1, zone: $2) })
    }

    func name(of socket: SocketSample) -> String? {
        socket.owner.flatMap { names.name(of: $0.process) }
    }

    func verdict(of socket: SocketSample) -> ReaderVerdict? { verdicts.reader(of: socket.id) }

    /// What a field shows of one socket, for those that are no rows.
    func text(_ field: Field<SocketRow>, of socket: SocketSample) -> String {
        context.row(of: socket.id).map(field.text) ?? "-"
    }
}

extension SocketContext {
    /// - Parameter verdicts: what is known of how sockets are read; nil where nothing is.
    package convenience init(
        _ reading: NetworkReading, userNames: UserNames, verdicts: NetworkVerdicts?,
        names: ProcessNames,
        address: @escaping Address = { address, _, zone in address.text(zone: zone) }
    ) {
        self.init(
            reading, userNames: userNames, address: address,
            processName: { names.name(of: $0) },
            isFull: { socket in
                socket.state == .listen
                    ? socket.isAcceptQueueFull : socket.transport == .udp && socket.isQueueFull
            },
            reader: { verdicts?.reader(of: $0).map(SocketReaderFigures.init) })
    }
}

extension SocketReaderFigures {
    fileprivate init(_ verdict: ReaderVerdict) {
        self.init(
            kind: .kind(verdict.kind.word, name: verdict.kind.rawValue, rank: verdict.kind.rank),
            emphasis: verdict.kind.emphasis, full: verdict.full, empty: verdict.empty,
            confidence: verdict.confidence.rawValue, claim: verdict.claim, proof: verdict.proof,
            advice: verdict.advice, datagramCost: verdict.capacity?.datagramCost,
            capacity: verdict.capacity?.datagrams)
    }
}

extension ReaderVerdict.Kind {
    /// For a narrow column; what does not end by itself in capitals.
    fileprivate var word: String {
        switch self {
        case .ok: "ok"
        case .slow: "slow"
        case .stalled: "STALLED"
        case .pauses: "pauses"
        case .bufferTooSmall: "small buf"
        }
    }

    /// What needs a person most comes first.
    fileprivate var rank: Int {
        switch self {
        case .stalled: 0
        case .slow: 1
        case .pauses: 2
        case .bufferTooSmall: 3
        case .ok: 4
        }
    }

    fileprivate var emphasis: Emphasis {
        switch self {
        case .ok: .good
        case .stalled: .critical
        case .slow, .pauses, .bufferTooSmall: .warning
        }
    }
}
