import CElfutils
import Glibc

/// The tables by which code tells how to find its callers: `.eh_frame`, and `.debug_frame` where
/// there is one; DWARF 5, section 6.4, and the Linux Standard Base, section 10.6.
final class UnwindTable {
    private let elf: ElfFile
    private var tables: [OpaquePointer] = []
    private let exceptionTable: OpaquePointer?
    private let debugInformation: OpaquePointer?
    /// By address: a profile comes back to the same places all the time.
    private var rules: [UInt64: UnwindRules?] = [:]

    /// Debug information of more bytes than these is not read for the sake of its `.debug_frame`.
    private static let mostDebugBytes = 64 << 20

    /// Reads all that it needs at once; the file is not needed any more then.
    convenience init?(_ file: borrowing RegularFile) {
        guard let elf = ElfFile(file.descriptor) else { return nil }
        self.init(elf)
        elf.releaseFile()
    }

    init(_ elf: ElfFile) {
        self.elf = elf
        exceptionTable = celfutils_unwind_table(elf.handle)
        debugInformation = celfutils_open_debug(elf.handle, Self.mostDebugBytes)
        tables = [exceptionTable, debugInformation.flatMap { celfutils_debug_table($0) }]
            .compactMap(\.self)
    }

    deinit {
        if let exceptionTable { celfutils_close_unwind_table(exceptionTable) }
        if let debugInformation { celfutils_close_debug(debugInformation) }
    }

    /// - Parameter address: as the file has it.
    func rules(at address: UInt64) -> UnwindRules? {
        if let known = rules[address] { return known }
        let found = newRules(at: address)
        rules[address] = .some(found)
        return found
    }

    private func newRules(at address: UInt64) -> UnwindRules? {
        for table in tables {
            var isSignal = false
            guard let frame = celfutils_frame(table, address, &isSignal) else { continue }
            defer { free(UnsafeMutableRawPointer(frame)) }
            return UnwindRules(frame, isSignal: isSignal)
        }
        return nil
    }
}
