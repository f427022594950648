extension CodeFrame {
    /// The name with what a reader must know of it: "futex_wait [k]" is the kernel's, "main (?)"
    /// stands there by a guess.
    package var label: String {
        name + (origin == .kernel ? " [k]" : "") + (isGuessed ? " (?)" : "")
    }
}
