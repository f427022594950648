/// A function that a thread was in, as a person knows it.
package struct CodeFrame: Hashable, Sendable {
    /// Demangled: "rd_kafka_q_pop_serve", "app::Queue::pop". Where no symbol is known, where it
    /// lies: "libfoo.so+0x1a2b", "0x7f12a3".
    package var name: String
    /// The file it is from, by its last part; "[kernel]", "[vdso]", "[jit]", or a kernel module in
    /// brackets. Nil for code in no mapping that is known.
    package var module: String?
    package var origin: Origin
    /// The function has no symbol, so `name` only says where it lies.
    package var isUnnamed: Bool
    /// It stands here by a guess: a word of the stack that looks like a return address.
    package var isGuessed: Bool

    package enum Origin: Hashable, Sendable {
        case user
        case kernel
    }

    package init(
        name: String, module: String?, origin: Origin = .user, isUnnamed: Bool = false,
        isGuessed: Bool = false
    ) {
        self.name = name
        self.module = module
        self.origin = origin
        self.isUnnamed = isUnnamed
        self.isGuessed = isGuessed
    }
}
