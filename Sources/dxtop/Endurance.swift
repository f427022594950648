import CLinux
import Probes

/// What helps us through the worst moments of a machine.
enum Endurance {
    /// For what runs on and on. Where it may not be had, we go without: doctor says so.
    static func prepare() {
        // What is paged out comes back from the very disk that the machine is busy with.
        _ = clinux_lock_memory()
        clinux_raise_descriptor_limit()
        FreedMemory.keepNothingLarge()
    }
}
