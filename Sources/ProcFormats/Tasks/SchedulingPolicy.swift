/// How the scheduler treats a thread: field 41 of `stat`; `sched(7)`.
public enum SchedulingPolicy: Hashable, Sendable {
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
}
