import ProcReading
import Units

/// Finds the function in which each thread burns user time, from samples of the last seconds.
struct HotFunctionFinder {
    /// Samples by thread and address, of the last rounds, the newest last.
    private var rounds: [[Site: Int]] = []
    private var processes: [ProcessID: Code] = [:]
    private let files = CodeFiles()

    private struct Site: Hashable {
        var process: ProcessID
        var tid: ThreadID
        var address: UInt64
    }

    /// The code of a process that was hot lately.
    private final class Code {
        let space: AddressSpace
        /// As they were at this generation of the space.
        var frames: [UInt64: CodeFrame] = [:]
        var generation = 0
        var roundsUnused = 0

        init(of process: ProcessID, files: CodeFiles) {
            space = AddressSpace(of: TaskHandle(process).processEntry, files: files)
        }
    }

    /// Rounds, a second apart, that count.
    static let window = 3
    /// Below this share of one CPU nobody asks where it goes.
    static let leastShare = 0.1
    /// A process that was not hot for so many rounds is forgotten, or one that was replaced by another
    /// would be taken for it.
    private static let mostUnused = 10
    private static let mostProcesses = 64
    private static let mostAddresses = 4096

    /// Takes what the rings hold.
    ///
    /// - Parameter mayReadSymbols: asked before each file; else only addresses that are known already
    ///   get a name.
    mutating func take(
        from rings: SampleRings, frequency: Int, mayReadSymbols: () -> Bool
    ) -> [ThreadID: HotFunction] {
        var round: [Site: Int] = [:]
        rings.drain { record, _ in
            switch record {
            case .sample(let sample):
                let site = Site(
                    process: sample.process, tid: sample.thread,
                    address: sample.instructionPointer)
                round[site, default: 0] += 1
            case .mapping(let process): processes[process]?.space.noteMapping()
            case .named(let process, _, _, isNewProgram: true): processes[process] = nil
            default: break
            }
        }
        rounds.append(round)
        if rounds.count > Self.window { rounds.removeFirst() }
        let least = Self.leastShare * Double(frequency * rounds.count)
        let functions = functions(least: max(2, least), mayReadSymbols: mayReadSymbols)
        processes = processes.filter { $0.value.roundsUnused < Self.mostUnused }
        return functions
    }

    private mutating func functions(
        least: Double, mayReadSymbols: () -> Bool
    ) -> [ThreadID: HotFunction] {
        var threads: [ThreadID: (total: Int, sites: [Site: Int])] = [:]
        for round in rounds {
            for (site, count) in round {
                threads[site.tid, default: (0, [:])].total += count
                threads[site.tid]?.sites[site, default: 0] += count
            }
        }
        for code in processes.values { code.roundsUnused += 1 }
        var found: [ThreadID: HotFunction] = [:]
        for (tid, thread) in threads where Double(thread.total) >= least {
            var counts: [CodeFrame: Int] = [:]
            for (site, count) in thread.sites {
                guard let frame = frame(at: site, mayReadSymbols) else { continue }
                counts[frame, default: 0] += count
            }
            // Of two that are equally hot always the same one.
            let hottest = counts.max { ($0.value, $1.key.name) < ($1.value, $0.key.name) }
            guard let hottest else { continue }
            found[tid] = HotFunction(
                frame: hottest.key,
                share: Percent(100 * Double(hottest.value) / Double(thread.total)),
                samples: thread.total)
        }
        return found
    }

    private mutating func frame(at site: Site, _ mayReadSymbols: () -> Bool) -> CodeFrame? {
        guard site.process.rawValue > 0, let code = code(of: site.process, mayReadSymbols) else {
            return nil
        }
        code.roundsUnused = 0
        if let known = code.frames[site.address] { return known }
        guard mayReadSymbols() else { return nil }
        let frame = code.space.frame(at: site.address, isReturnAddress: false)
        if code.generation != code.space.generation || code.frames.count >= Self.mostAddresses {
            code.generation = code.space.generation
            code.frames = [:]
        }
        code.frames[site.address] = frame
        return frame
    }

    private mutating func code(of process: ProcessID, _ mayReadSymbols: () -> Bool) -> Code? {
        if let known = processes[process] { return known }
        guard processes.count < Self.mostProcesses, mayReadSymbols() else { return nil }
        let code = Code(of: process, files: files)
        processes[process] = code
        return code
    }
}
