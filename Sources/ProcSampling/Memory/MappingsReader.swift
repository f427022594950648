internal import Glibc
internal import ProcFormats
internal import Synchronization
internal import SystemPackage
internal import Units

/// Reads the mappings of one process, in pieces. Any read may block for as long as the process
/// holds the lock on its memory, so this is for a thread of `MappingsLane`.
struct MappingsReader {
    let root: ProcRoot
    let session: MappingsLane.Session

    /// Threads beyond these are not asked where their stacks are.
    private static let mostThreads = 2000
    static let mostMappings = 65_536
    /// For `smaps`; `smaps_rollup` is one read, which nothing can end.
    var longest = Nanoseconds(5_000_000_000)
    /// From one view of what was read so far to the next: each costs a copy of all there is.
    private static let publishPeriod = Nanoseconds(250_000_000)

    func read(_ process: ProcessIdentity) {
        do throws(ProcError) {
            let progress = try readParts(process)
            guard let progress else { return }
            session.end(progress)
        } catch {
            session.end(.failed(error))
        }
    }

    /// How it ended; nil if nobody wants to know any more.
    private func readParts(
        _ process: ProcessIdentity
    ) throws(ProcError) -> MappingsReading.Progress? {
        let reader = ProcReader(root: root, bufferSize: 8 * 1024)
        let files = try files(of: process, reader)
        guard session.goesOn else { return nil }
        let rollup = try? reader.read(files.file("smaps_rollup"), as: SmapsRollup.self)
        if let rollup { session.publish(MappingsReading.Rollup(rollup)) }
        let pointers = stackPointers(of: process.pid, reader)
        guard session.goesOn else { return nil }
        var builder = MappingsBuilder(stackPointers: pointers)
        let progress = try readMappings(files.file("smaps"), into: &builder)
        guard let progress else { return nil }
        // What was read under this number is that process's only if it still has it.
        let after = try self.files(of: process, reader)
        if builder.mappings.isEmpty, after.isZombie {
            throw .vanished(path: files.file("smaps").description)
        }
        session.publish(builder.mappings)
        return progress
    }

    // MARK: Where

    private struct TaskFiles {
        var process: ProcessID
        /// A thread that lives, where the first one has ended and has no files any more.
        var thread: ThreadID?
        var isZombie: Bool

        func file(_ name: StaticString) -> ProcFile {
            thread.map { .thread(process, $0, name) } ?? .process(process, name)
        }
    }

    private func files(
        of process: ProcessIdentity, _ reader: ProcReader
    ) throws(ProcError) -> TaskFiles {
        let file = ProcFile.process(process.pid, "stat")
        let stat = try reader.read(file, as: TaskStat.self)
        guard stat.startTime == process.startTime else {
            throw .vanished(path: file.description)
        }
        guard stat.state == .zombie, (stat.threadCount ?? 1) > 1 else {
            return TaskFiles(process: process.pid, thread: nil, isZombie: stat.state == .zombie)
        }
        var threads: [Int32] = []
        try reader.list(.process(process.pid, "task"), into: &threads)
        let alive = threads.first { $0 != process.pid.rawValue }
        return TaskFiles(
            process: process.pid, thread: alive.map { ThreadID($0) }, isZombie: alive == nil)
    }

    /// The stack pointers of threads that wait; those that run do not tell.
    private func stackPointers(
        of process: ProcessID, _ reader: ProcReader
    ) -> [(address: UInt64, thread: ThreadID)] {
        var threads: [Int32] = []
        try? reader.list(.process(process, "task"), into: &threads)
        var pointers: [(address: UInt64, thread: ThreadID)] = []
        for number in threads.prefix(Self.mostThreads) {
            let thread = ThreadID(number)
            do throws(ProcError) {
                let pointer = try reader.read(.thread(process, thread, "syscall")) {
                    bytes throws(ParseError) in try StackPointer(parsing: bytes)
                }
                if let address = pointer.address { pointers.append((address, thread)) }
            } catch .denied {
                return []
            } catch {
                // It ended, or its file is not what it should be: one stack without a name.
            }
            guard session.goesOn else { return [] }
        }
        return pointers
    }

    // MARK: The mappings

    /// Reads until the end, until nobody wants it (nil), or until it is enough.
    private func readMappings(
        _ file: ProcFile, into builder: inout MappingsBuilder
    ) throws(ProcError) -> MappingsReading.Progress? {
        let descriptor = try root.open(file)
        defer { close(descriptor) }
        var chunks = ChunkBuffer(byteCount: 64 * 1024)
        var faults = FieldFaults()
        defer { root.faults.withLock { $0.note(faults, in: "\(root.path)/\(file.description)") } }
        let began = Instant.now
        var published = began
        while true {
            let count: Int
            do throws(Errno) {
                count = try chunks.fill(from: descriptor)
            } catch {
                throw ProcError(error, ofTask: file)
            }
            guard session.goesOn else { return nil }
            do throws(ParseError) {
                guard count > 0 else {
                    try chunks.expectEmpty()
                    return .complete
                }
                while builder.mappings.count < Self.mostMappings {
                    guard
                        try chunks.parse({ bytes, offset throws(ParseError) in
                            builder.append(nextIn: bytes, at: &offset, noting: &faults)
                        })
                    else { break }
                }
            } catch {
                throw .malformed(path: file.description, error)
            }
            let now = Instant.now
            if builder.mappings.count >= Self.mostMappings { return .cut(.count) }
            if now.since(began) > longest { return .cut(.time) }
            if now.since(published) > Self.publishPeriod {
                session.publish(builder.mappings)
                published = now
            }
        }
    }
}

extension MappingsReading.Rollup {
    init(_ rollup: SmapsRollup) {
        self.init(
            resident: rollup.resident, proportional: rollup.proportional,
            anonymous: rollup.anonymous, swap: rollup.swap,
            proportionalSwap: rollup.proportionalSwap)
    }
}
