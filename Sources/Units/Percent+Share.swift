extension Percent {
    /// What a part is of the whole; nothing of nothing is zero.
    public init(_ part: Int, of whole: Int) {
        self.init(whole == 0 ? 0 : 100 * Double(part) / Double(whole))
    }
}
