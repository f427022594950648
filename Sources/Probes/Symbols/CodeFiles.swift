import Glibc
import ProcReading
import Units

/// The files that code runs from, read once for all processes that run it. Not for two threads at
/// once.
final class CodeFiles {
    private var files: [RegularFile.Identity: CodeFile?] = [:]
    private var oldest: [RegularFile.Identity] = []
    private lazy var kernelPage: CodeFile? = Self.readKernelPage()

    /// So many are kept, and so many bytes of all but the latest: the functions of a large program
    /// take ten megabytes.
    private static let most = 256
    private static let mostBytes = 32 << 20

    /// The file of a mapping, as long as the process has it mapped: deleted and replaced ones, too.
    /// Nil for what is no ELF file, or may not be read.
    func file(of mapping: CodeMapping, in process: ProcessID) -> CodeFile? {
        if mapping.name == "[vdso]" { return kernelPage }
        guard mapping.inode != 0, let file = Self.open(mapping, of: process) else { return nil }
        if let known = files[file.identity] { return known }
        let search = SymbolSearch(process: process, path: mapping.name)
        let code = ElfFile(file.descriptor).map {
            CodeFile($0, identity: file.identity, search: search)
        }
        while oldest.count == Self.most || footprint > Self.mostBytes, !oldest.isEmpty {
            files[oldest.removeFirst()] = nil
        }
        oldest.append(file.identity)
        files[file.identity] = .some(code)
        return code
    }

    private var footprint: Int { files.values.reduce(0) { $0 + ($1?.footprint ?? 0) } }

    /// By the mapping itself, which needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE, else by its path,
    /// else as the program that the process runs. The number tells a replaced file; the device does
    /// not help: stat(2) on btrfs and overlayfs tells another than maps.
    static func open(_ mapping: CodeMapping, of process: ProcessID) -> RegularFile? {
        let folder = ProcPath.process(process)
        let range = "\(String(mapping.start, radix: 16))-\(String(mapping.end, radix: 16))"
        if let file = RegularFile(link: "\(folder)/map_files/\(range)") { return file }
        if let file = RegularFile(mapping.name, in: "\(folder)/root", inode: mapping.inode) {
            return file
        }
        return RegularFile(link: "\(folder)/exe", inode: mapping.inode)
    }

    /// The code that the kernel maps into every process, `vdso(7)`: ours is every one's.
    private static func readKernelPage() -> CodeFile? {
        guard let own = CodeMappings(of: ProcessID(getpid()))?.first(named: "[vdso]"),
            let source = UnsafeRawPointer(bitPattern: UInt(own.start)),
            let bytes = malloc(Int(own.end - own.start))
        else { return nil }
        let copy = UnsafeMutableRawBufferPointer(start: bytes, count: Int(own.end - own.start))
        copy.copyMemory(from: UnsafeRawBufferPointer(start: source, count: copy.count))
        return ElfFile(owning: copy).map { CodeFile($0, unwinding: UnwindTable($0)) }
    }
}
