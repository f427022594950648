/// What the scheduler does with a task: field 3 of `/proc/PID/stat`, `proc_pid_stat(5)`.
public enum TaskState: UInt8, Hashable, Codable, Sendable {
    /// Runs or could run.
    case running = 0x52  // R
    /// Waits, and a signal can wake it.
    case sleeping = 0x53  // S
    /// Waits and cannot be woken, mostly for a disk.
    case diskSleep = 0x44  // D
    /// Stopped by a signal.
    case stopped = 0x54  // T
    /// Stopped by a tracer.
    case traced = 0x74  // t
    /// Ended, not yet waited for.
    case zombie = 0x5A  // Z
    /// Ended; seen only for a moment.
    case dead = 0x58  // X
    /// A kernel thread with nothing to do (since 4.14).
    case idle = 0x49  // I
    /// A kernel thread parked by its owner.
    case parked = 0x50  // P
    /// A letter this list does not know.
    case unknown = 0x3F  // ?

    /// The kernel's letter.
    public var letter: Character { Character(Unicode.Scalar(rawValue)) }
}
