extension Duration {
    public init(_ time: Nanoseconds) {
        self = .nanoseconds(Int64(clamping: time.rawValue))
    }

    /// Whole nanoseconds; a time before now counts as none.
    public var inNanoseconds: Nanoseconds {
        let (seconds, attoseconds) = components
        return Nanoseconds(
            UInt64(clamping: seconds) &* 1_000_000_000
                &+ UInt64(clamping: attoseconds / 1_000_000_000))
    }
}
