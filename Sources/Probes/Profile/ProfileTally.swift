import ProcReading
import Samples
import Units

/// Counts samples by call chain and thread, and finds the names of functions.
struct ProfileTally {
    /// What was counted so far.
    private var profile: Profile
    private var stacks: [StackKey: Int] = [:]
    private var threads: [ThreadKey: Int] = [:]
    private var frames: [CodeFrame: Int] = [:]
    private var kernelFrames: [UInt64: Int] = [:]
    private var processes: [ProcessID: Code] = [:]
    /// What each process runs, by the last part of its path.
    private var programs: [ProcessID: String] = [:]
    private let kernel = KernelSymbols()
    private let files = CodeFiles()

    private struct StackKey: Hashable {
        var thread: Int
        var frames: [Int]
    }

    private struct ThreadKey: Hashable {
        var process: ProcessID
        var tid: ThreadID
    }

    /// The code of one process, and what was found of it.
    private final class Code {
        let space: AddressSpace
        /// As they were at this generation of the space.
        var frames: [AddressSpace.Caller: Int] = [:]
        var generation = 0
        /// How many samples there were when it was met last.
        var lastUse = 0

        init(of process: ProcessID, files: CodeFiles) {
            space = AddressSpace(of: TaskHandle(process).processEntry, files: files)
        }
    }

    /// Each may have a file open, the process's memory.
    private static let mostProcesses = 64

    init(_ request: ProfileRequest, method: Profile.Method) {
        profile = Profile(request: request, method: method)
    }

    /// Whether functions of the kernel were met whose names may not be known.
    var lacksKernelNames: Bool { !kernelFrames.isEmpty && !kernel.isReadable }

    mutating func add(_ sample: TakenSample) {
        let chain = frames(of: sample)
        let thread = thread(sample.process, sample.tid)
        profile.samples += sample.weight
        profile.threads[thread].samples += sample.weight
        let key = StackKey(thread: thread, frames: chain)
        if let place = stacks[key] {
            profile.stacks[place].count += sample.weight
        } else {
            stacks[key] = profile.stacks.count
            profile.stacks.append(
                Profile.Stack(frames: chain, thread: thread, count: sample.weight))
        }
    }

    mutating func add(lost: Int) { profile.lost += lost }

    mutating func noteMapping(of process: ProcessID) {
        processes[process]?.space.noteMapping()
    }

    /// A thread has this name now; with `isNewProgram` its process runs other code.
    mutating func note(
        _ name: [UInt8], of tid: ThreadID, in process: ProcessID, isNewProgram: Bool
    ) {
        if isNewProgram { processes[process] = nil }
        if let thread = threads[ThreadKey(process: process, tid: tid)] {
            profile.threads[thread].name = String(decoding: name, as: UTF8.self)
        }
    }

    /// All that is known, threads with the most samples first.
    func reading(after elapsed: Duration, notes: [String]) -> Profile {
        var result = profile
        result.elapsed = elapsed
        result.notes = notes + RuntimeHint.all(of: profile, programs: programs).map(\.text)
        let order = profile.threads.indices.sorted {
            (profile.threads[$1].samples, $0) < (profile.threads[$0].samples, $1)
        }
        result.threads = order.map { profile.threads[$0] }
        var place = order
        for (new, old) in order.enumerated() { place[old] = new }
        for index in result.stacks.indices {
            result.stacks[index].thread = place[result.stacks[index].thread]
        }
        return result
    }

    // MARK: - Names

    private mutating func thread(_ process: ProcessID, _ tid: ThreadID) -> Int {
        let key = ThreadKey(process: process, tid: tid)
        if let known = threads[key] { return known }
        threads[key] = profile.threads.count
        if programs[process] == nil {
            // That of the process leads nowhere when its first thread has ended.
            let path = TaskHandle(tid, of: process).link("exe") ?? []
            let last = path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] }
            programs[process] = String(decoding: last ?? [], as: UTF8.self)
        }
        let name =
            TaskHandle(tid, of: process).nameText ?? TaskHandle(process).nameText ?? ""
        profile.threads.append(
            Profile.Thread(process: process, tid: tid, name: name, samples: 0))
        return profile.threads.count - 1
    }

    /// From the outermost caller to the function that was met.
    private mutating func frames(of sample: TakenSample) -> [Int] {
        var chain: [Int] = []
        for (depth, address) in sample.kernel.enumerated() {
            // The call before a return address may be its function's last instruction.
            chain.append(kernelFrame(at: depth == 0 ? address : address &- 1))
        }
        if sample.process.rawValue > 0 {
            let code = code(of: sample.process)
            for caller in sample.callers(in: code.space) {
                chain.append(frame(of: caller, in: code))
            }
        }
        return chain.reversed()
    }

    /// Forgets the process that was not met for longest where there are many.
    private mutating func code(of process: ProcessID) -> Code {
        let code = processes[process] ?? Code(of: process, files: files)
        code.lastUse = profile.samples
        guard processes[process] == nil else { return code }
        if processes.count >= Self.mostProcesses,
            let oldest = processes.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            processes[oldest.key] = nil
        }
        processes[process] = code
        return code
    }

    private mutating func kernelFrame(at address: UInt64) -> Int {
        if let known = kernelFrames[address] { return known }
        let found = index(of: kernel.frame(at: address))
        kernelFrames[address] = found
        return found
    }

    private mutating func frame(of caller: AddressSpace.Caller, in code: Code) -> Int {
        if code.generation != code.space.generation {
            code.generation = code.space.generation
            code.frames = [:]
        }
        if let known = code.frames[caller] { return known }
        let found = index(of: code.space.frame(of: caller))
        code.frames[caller] = found
        return found
    }

    private mutating func index(of frame: CodeFrame) -> Int {
        if let known = frames[frame] { return known }
        frames[frame] = profile.frames.count
        profile.frames.append(frame)
        return profile.frames.count - 1
    }
}
