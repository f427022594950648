import ProcReading
import Units

/// The code of one process: what is mapped where, its symbols, and how to find callers. Not for two
/// threads at once.
final class AddressSpace {
    let process: ProcessID
    private let codeFiles: CodeFiles
    private var mappings: CodeMappings?
    private var readMappings: ContinuousClock.Instant
    /// Something was mapped since they were read.
    private var isStale = false
    /// How often what is mapped, or what a runtime tells, was read anew: what was found before may be
    /// other code now.
    private(set) var generation = 0
    /// By the mapping that was searched.
    private var files: [CodeMapping: CodeFile?] = [:]
    private var frames: [Location: CodeFrame] = [:]
    private var jitSymbols: JITSymbols?
    private(set) lazy var memory = ProcessMemory(of: process)
    private var lookedForJITSymbols = ContinuousClock.now - .seconds(60)

    private static let mostFrames = 1 << 16
    private static let mostFiles = 1 << 12

    private struct Location: Hashable {
        var address: UInt64
        var isReturnAddress: Bool
    }

    /// - Parameters:
    ///   - process: where its first thread has ended, the number of another does, too.
    ///   - files: keeps the symbols; share it between processes that run the same files.
    init(of process: ProcessID, files: CodeFiles = CodeFiles()) {
        self.process = process
        codeFiles = files
        mappings = CodeMappings(of: process)
        readMappings = .now
    }

    /// The process mapped something new.
    func noteMapping() { isStale = true }

    /// Reads what is mapped where, not the symbols of files, if it may have changed: at once for an
    /// address where nothing was, else not too often. Processes that map all the time have many
    /// mappings.
    private func refreshMappings(for address: UInt64) {
        guard isStale else { return }
        let isKnown = mappings?.mapping(at: address) != nil
        let now = ContinuousClock.now
        guard now - readMappings >= .milliseconds(isKnown ? 250 : 25) else { return }
        isStale = false
        readMappings = now
        mappings = CodeMappings(of: process) ?? mappings
        frames = [:]
        generation += 1
    }

    /// The function at an address of user code. For a caller the address after the call is meant:
    /// `isReturnAddress` looks one byte before it.
    func frame(at address: UInt64, isReturnAddress: Bool) -> CodeFrame {
        refreshMappings(for: address)
        let location = Location(address: address, isReturnAddress: isReturnAddress)
        if let known = frames[location] { return known }
        let (frame, isFinal) = newFrame(at: location)
        // A runtime may tell of a function later, or compile another at the same place.
        guard isFinal else { return frame }
        if frames.count >= Self.mostFrames { frames = [:] }
        frames[location] = frame
        return frame
    }

    /// - Returns: also whether the same will be found there later.
    private func newFrame(at location: Location) -> (frame: CodeFrame, isFinal: Bool) {
        // A function that never returns may end with the call of another.
        let address = location.isReturnAddress ? location.address &- 1 : location.address
        func unnamed(_ name: String, _ module: String?) -> CodeFrame {
            CodeFrame(name: name, module: module, isUnnamed: true)
        }
        guard let mapping = mapping(at: address) else {
            return (unnamed(Self.text(location.address), nil), false)
        }
        let module = mapping.module
        if let file = file(of: mapping) {
            guard let inFile = file.address(ofByteAt: mapping.fileOffset(of: address)) else {
                return (unnamed("\(module ?? "")+\(Self.text(location.address))", module), false)
            }
            let open = { CodeFiles.open(mapping, of: self.process) }
            if let name = file.name(at: inFile, open: open) {
                return (CodeFrame(name: name, module: module), true)
            }
            // Where the function begins, so that it is one row and not one for each instruction.
            let start = file.start(ofUnnamedAt: inFile, open: open)
            let shown = start ?? inFile &+ (location.address &- address)
            return (unnamed("\(module ?? "")+\(Self.text(shown))", module), true)
        }
        if let name = compiledFunction(at: address) {
            return (CodeFrame(name: name, module: Self.compiled), false)
        }
        // Code that was made at run time, of which nobody tells: all of its region is one.
        return mapping.isFile
            ? (unnamed(Self.text(location.address), module), false)
            : (unnamed("code at \(Self.text(mapping.start))", Self.compiled), false)
    }

    /// The module of code that was made at run time.
    static let compiled = "[jit]"

    func mapping(at address: UInt64) -> CodeMapping? {
        refreshMappings(for: address)
        return mappings?.mapping(at: address)
    }

    func file(of mapping: CodeMapping) -> CodeFile? {
        if let known = files[mapping] { return known }
        let file = codeFiles.file(of: mapping, in: process)
        if files.count >= Self.mostFiles { files = [:] }
        files[mapping] = .some(file)
        return file
    }

    /// A runtime tells of a function when it has compiled it; its file is read anew once a second at
    /// most, and only when it has changed.
    private func compiledFunction(at address: UInt64) -> String? {
        if ContinuousClock.now - lookedForJITSymbols > .seconds(1) {
            lookedForJITSymbols = .now
            if jitSymbols?.isOutdated(for: process) ?? true {
                jitSymbols = JITSymbols(of: process)
                if jitSymbols != nil { generation += 1 }
            }
        }
        return jitSymbols?.name(at: address)
    }

    private static func text(_ address: UInt64) -> String { "0x" + String(address, radix: 16) }
}
