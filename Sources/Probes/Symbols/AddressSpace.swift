import Units

/// The code of one process: what is mapped where, its symbols, and how to find callers. Not for two
/// threads at once.
final class AddressSpace {
    let process: ProcessID
    private let codeFiles: CodeFiles
    private lazy var mappings: CodeMappings? = CodeMappings(of: process)
    /// By the mapping that was looked at.
    private var files: [CodeMapping: CodeFile?] = [:]
    private var frames: [Place: CodeFrame] = [:]
    private var jitSymbols: JITSymbols?
    private(set) lazy var memory = ProcessMemory(of: process)
    private var lookedForJITSymbols = ContinuousClock.now - .seconds(60)

    private struct Place: Hashable {
        var address: UInt64
        var isReturnAddress: Bool
    }

    /// - Parameters:
    ///   - process: where its first thread has ended, the number of another does, too.
    ///   - files: keeps the symbols; share it between processes that run the same files.
    init(of process: ProcessID, files: CodeFiles = CodeFiles()) {
        self.process = process
        codeFiles = files
    }

    /// Forgets what is mapped where, but not the symbols of files: the process mapped something new.
    func noteMapping() {
        mappings = CodeMappings(of: process) ?? mappings
        frames = [:]
    }

    /// The function at an address of user code. For a caller the address after the call is meant:
    /// `isReturnAddress` looks one byte before it.
    func frame(at address: UInt64, isReturnAddress: Bool) -> CodeFrame {
        let place = Place(address: address, isReturnAddress: isReturnAddress)
        if let known = frames[place] { return known }
        let frame = newFrame(at: place)
        // A runtime may tell of a function later.
        if !frame.isUnnamed { frames[place] = frame }
        return frame
    }

    private func newFrame(at place: Place) -> CodeFrame {
        // A function that never returns may end with the call of another.
        let address = place.isReturnAddress ? place.address &- 1 : place.address
        guard let mapping = mapping(at: address) else {
            return CodeFrame(name: Self.text(place.address), module: nil, isUnnamed: true)
        }
        let module = mapping.module
        if let file = file(of: mapping) {
            let inFile = file.address(ofByteAt: mapping.fileOffset(of: address))
            if let inFile, let name = file.name(at: inFile) {
                return CodeFrame(name: name, module: module)
            }
            let shown = inFile.map { $0 &+ (place.address &- address) } ?? place.address
            return CodeFrame(
                name: "\(module ?? "")+\(Self.text(shown))", module: module, isUnnamed: true)
        }
        if let name = compiledFunction(at: address) {
            return CodeFrame(name: name, module: "[jit]")
        }
        return CodeFrame(name: Self.text(place.address), module: module, isUnnamed: true)
    }

    func mapping(at address: UInt64) -> CodeMapping? { mappings?.mapping(at: address) }

    func file(of mapping: CodeMapping) -> CodeFile? {
        if let known = files[mapping] { return known }
        let file = codeFiles.file(of: mapping, in: process)
        files[mapping] = .some(file)
        return file
    }

    /// A runtime tells of a function when it has compiled it; its file is read anew once a second at
    /// most, and only when it has changed.
    private func compiledFunction(at address: UInt64) -> String? {
        if let name = jitSymbols?.name(at: address) { return name }
        guard ContinuousClock.now - lookedForJITSymbols > .seconds(1) else { return nil }
        lookedForJITSymbols = .now
        if jitSymbols?.isOutdated(for: process) ?? true { jitSymbols = JITSymbols(of: process) }
        return jitSymbols?.name(at: address)
    }

    private static func text(_ address: UInt64) -> String { "0x" + String(address, radix: 16) }
}
