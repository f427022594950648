import CLinux

/// Memory that was freed and that malloc(3) still has.
package enum FreedMemory {
    /// From here on there are no large pieces of it.
    package static func keepNothingLarge() { clinux_map_large_blocks() }

    /// Gives it back to the system: an arena keeps what it had for symbols, which nobody may want for
    /// days.
    static func giveBack() { clinux_give_back_memory() }
}
