/// Functions of the kernel and its modules, by `/proc/kallsyms`. Not for two threads at once.
final class KernelSymbols {
    /// Whether the addresses may be known; see `kptr_restrict` in `proc_sys_kernel(5)`.
    var isReadable: Bool { false }

    func frame(at address: UInt64) -> CodeFrame {
        CodeFrame(
            name: "0x" + String(address, radix: 16), module: "[kernel]", origin: .kernel,
            isUnnamed: true)
    }
}
