import ProcFormats
import ProcReading

/// Functions of the kernel and its modules, by `/proc/kallsyms`, read when they are first needed: 35
/// ms for 120 000 lines. Not for two threads at once.
final class KernelSymbols {
    private lazy var table = Self.read()
    /// Of functions that were asked for.
    private var frames: [Int: CodeFrame] = [:]

    /// Whether the addresses may be known; see `kptr_restrict` in `proc_sys_kernel(5)`.
    var isReadable: Bool { !table.isEmpty }

    func frame(at address: UInt64) -> CodeFrame {
        guard let index = table.index(at: address) else {
            return CodeFrame(
                name: "0x" + String(address, radix: 16), module: "[kernel]", origin: .kernel,
                isUnnamed: true)
        }
        if let frame = frames[index] { return frame }
        // As the line has it: "name", or where it is of a module, or of BPF, "name\t[module]".
        let parts = table.name(of: index).split(separator: UInt8(ascii: "\t"))
        let frame = CodeFrame(
            name: FunctionName.readable(parts[0]),
            module: parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "[kernel]",
            origin: .kernel)
        frames[index] = frame
        return frame
    }

    private static func read() -> FunctionTable {
        FunctionTable(endOfCode: .max, longest: .max) { table in
            guard let bytes = try? smallFile(ProcPath.host("kallsyms"), atMost: 64 << 20) else {
                return
            }
            var offset = 0
            var faults = FieldFaults()
            while let line = KernelSymbolLine(
                nextIn: bytes.span, at: &offset, noting: &faults)
            {
                guard line.address != 0, let binding = binding(ofType: line.type) else { continue }
                let name =
                    line.nameRange.lowerBound..<(line.moduleRange ?? line.nameRange).upperBound
                bytes.withUnsafeBufferPointer {
                    table.add(
                        UnsafeBufferPointer(rebasing: $0[name]), at: line.address, size: 0,
                        binding: binding)
                }
            }
        }
    }

    /// As in `nm(1)`; nil for what is no code.
    private static func binding(ofType type: UInt8) -> FunctionTable.Binding? {
        switch type {
        case UInt8(ascii: "T"): .global
        case UInt8(ascii: "t"): .local
        case UInt8(ascii: "W"), UInt8(ascii: "w"): .weak
        default: nil
        }
    }
}
