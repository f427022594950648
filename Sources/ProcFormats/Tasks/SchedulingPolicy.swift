/// How the scheduler treats a thread: field 41 of `stat`; `sched(7)`.
public enum SchedulingPolicy: Hashable, Codable, Sendable {
    case other, fifo, roundRobin, batch, idle, deadline, extensible
    case unknown(Int)

    /// The policy with the kernel's number: `SCHED_*` in `linux/sched.h`.
    public init(number: Int) {
        self =
            switch number {
            case 0: .other
            case 1: .fifo
            case 2: .roundRobin
            case 3: .batch
            case 5: .idle
            case 6: .deadline
            case 7: .extensible
            default: .unknown(number)
            }
    }

    private var number: Int {
        switch self {
        case .other: 0
        case .fifo: 1
        case .roundRobin: 2
        case .batch: 3
        case .idle: 5
        case .deadline: 6
        case .extensible: 7
        case .unknown(let number): number
        }
    }

    /// As the kernel's number.
    public init(from decoder: any Decoder) throws {
        self.init(number: try decoder.singleValueContainer().decode(Int.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}
