internal import Glibc
internal import ProcFormats
internal import Units

/// Reads how full the mounted file systems are, those of other mount namespaces too, and who writes to
/// the full ones. May block for ever: a file system that does not answer holds up the thread that asks.
struct MountReader: Sendable {
    /// Who is there, and what the caller knows of them.
    struct Process: Sendable {
        var id: ProcessIdentity
        var name: String
    }

    /// One file system, however often it is mounted.
    private struct FileSystem {
        var mount: MountTable.Mount
        /// Whose path it is; nil where it is ours.
        var process: ProcessID?
        /// The numbers of all its mounts.
        var mounts: Set<Int> = []
    }

    private struct Calls {
        var at: Instant
        var count: UInt64
        var bytes: UInt64

        init?(of process: ProcessID, _ reader: ProcReader) {
            guard let io = try? reader.read(.process(process, "io"), as: TaskIO.self),
                let count = io.writeCalls, let bytes = io.bytesWritten
            else { return nil }
            at = .now
            self.count = count
            self.bytes = bytes.rawValue
        }
    }

    private struct Door {
        var namespace: String
        /// Nil for us.
        var process: ProcessID?
    }

    /// As many mount namespaces are searched; each container has one.
    private static let mostNamespaces = 32
    /// How often the mounts of others are listed and looked for anew, in readings.
    private static let turns = 6
    private static let mostWriters = 8
    private static let mostDescriptors = 1024
    /// A file system in memory that filled by so much since the reading before is being written to.
    private static let leastFilled: UInt64 = 1 << 20
    private static let overlays: Set<String> = ["overlay", "overlayfs", "aufs"]

    private let root: ProcRoot
    /// The mount namespaces, ours first, each with a process in it, and who was asked for its own.
    private var doors: [Door] = []
    private var asked: Set<ProcessID> = []
    private var tables: [String: MountTable] = [:]
    private var turn = 0
    private var used: [String: UInt64] = [:]
    private var writableBefore: Set<String> = []
    private var readOnlySince: [String: WallTime] = [:]

    init(root: ProcRoot) { self.root = root }

    /// One reading.
    ///
    /// - Parameters:
    ///   - silent: devices that are not asked, with the time since when they do not answer.
    ///   - asking: called with each device before it is asked, and with nil after the last.
    mutating func read(
        _ processes: [Process], silent: [String: WallTime], asking: (String?) -> Void
    ) -> [MountSample] {
        let reader = ProcReader(root: root)
        var systems = fileSystems(of: processes.map(\.id.pid), reader)
        var rooms: [String: MountSample.Room] = [:]
        for (device, system) in systems where silent[device] == nil {
            asking(device)
            rooms[device] = root.fileSystem(at: system.mount.path, seenBy: system.process)
                .map(MountSample.Room.init)
        }
        asking(nil)
        Self.joinOverlays(&systems, rooms)
        let writers = writers(to: watched(systems, rooms), among: processes, reader)
        used = rooms.mapValues(\.used.rawValue)
        note(systems)
        return systems.sorted { $0.value.mount.path < $1.value.mount.path }.map { device, system in
            let mount = system.mount
            return MountSample(
                path: mount.path, type: mount.type, source: mount.source, process: system.process,
                isReadOnly: mount.isReadOnly || mount.isFileSystemReadOnly,
                isForcedReadOnly: mount.isFileSystemReadOnly && !mount.isReadOnly,
                readOnlySince: readOnlySince[device], room: rooms[device],
                silentSince: silent[device], writers: writers[device] ?? [])
        }
    }

    // MARK: What is mounted

    private mutating func fileSystems(
        of processes: [ProcessID], _ reader: ProcReader
    ) -> [String: FileSystem] {
        turn += 1
        let isDue = turn % Self.turns == 0
        if isDue || doors.contains(where: { !isOpen($0) }) { (doors, asked) = ([], []) }
        findDoors(among: processes)
        let known = Set(doors.map(\.namespace))
        tables = isDue ? [:] : tables.filter { known.contains($0.key) }
        // Ours is read each time.
        tables[doors[0].namespace] = nil
        var systems: [String: FileSystem] = [:]
        for door in doors {
            let file =
                door.process.map { ProcFile.process($0, "mountinfo") } ?? .host("self/mountinfo")
            guard
                let table = tables[door.namespace] ?? (try? reader.read(file, as: MountTable.self))
            else { continue }
            tables[door.namespace] = table
            add(table, seenBy: door.process, to: &systems)
        }
        return systems
    }

    /// Asks who was not asked yet: thousands of processes are not asked at each reading.
    private mutating func findDoors(among processes: [ProcessID]) {
        if doors.isEmpty {
            doors = [Door(namespace: root.link(.host("self/ns/mnt")) ?? "", process: nil)]
        }
        for process in processes where doors.count < Self.mostNamespaces {
            guard asked.insert(process).inserted,
                let namespace = root.mountNamespace(of: process),
                !doors.contains(where: { $0.namespace == namespace })
            else { continue }
            doors.append(Door(namespace: namespace, process: process))
        }
    }

    private func isOpen(_ door: Door) -> Bool {
        guard let process = door.process else { return true }
        return root.mountNamespace(of: process) == door.namespace
    }

    private func add(
        _ table: MountTable, seenBy process: ProcessID?, to systems: inout [String: FileSystem]
    ) {
        for mount in table.mounts {
            var system = systems[mount.device] ?? FileSystem(mount: mount, process: process)
            // Ours comes first, and of several the whole rather than a part.
            if system.process == process, mount.root.utf8.count < system.mount.root.utf8.count {
                system.mount = mount
            }
            if let id = mount.id { system.mounts.insert(id) }
            systems[mount.device] = system
        }
    }

    /// An overlay tells of the file system below it: where that is here itself, it counts as one more
    /// mount of that.
    private static func joinOverlays(
        _ systems: inout [String: FileSystem], _ rooms: [String: MountSample.Room]
    ) {
        for (device, system) in systems where overlays.contains(system.mount.type) {
            let below = systems.first { other in
                !overlays.contains(other.value.mount.type) && rooms[other.key] == rooms[device]
            }
            guard rooms[device] != nil, let below else { continue }
            systems[below.key]?.mounts.formUnion(system.mounts)
            systems[device] = nil
        }
    }

    /// Notes who turned read-only.
    private mutating func note(_ systems: [String: FileSystem]) {
        var writable: Set<String> = []
        var since: [String: WallTime] = [:]
        for (device, system) in systems {
            if !system.mount.isFileSystemReadOnly, !system.mount.isReadOnly {
                writable.insert(device)
            } else if let known = readOnlySince[device] {
                since[device] = known
            } else if writableBefore.contains(device) {
                since[device] = .now
            }
        }
        (writableBefore, readOnlySince) = (writable, since)
    }

    // MARK: Who writes

    /// The file systems whose writers are of interest.
    private func watched(
        _ systems: [String: FileSystem], _ rooms: [String: MountSample.Room]
    ) -> [String: Set<Int>] {
        systems.filter { device, system in
            guard let room = rooms[device], !system.mount.isFileSystemReadOnly else { return false }
            let before = used[device] ?? room.used.rawValue
            let fills =
                system.mount.type == "tmpfs" && room.used.rawValue > before &+ Self.leastFilled
            return room.isFull || room.lacksInodes || fills
        }.mapValues(\.mounts)
    }

    /// Who made calls that write within a second, and has a file there.
    private func writers(
        to watched: [String: Set<Int>], among processes: [Process], _ reader: ProcReader
    ) -> [String: [MountSample.Writer]] {
        guard !watched.isEmpty else { return [:] }
        var before: [ProcessIdentity: Calls] = [:]
        for process in processes { before[process.id] = Calls(of: process.id.pid, reader) }
        var second = timespec(tv_sec: 1, tv_nsec: 0)
        nanosleep(&second, nil)
        let active = processes.compactMap { process -> (Process, calls: Rate, bytes: Rate)? in
            guard let old = before[process.id], let new = Calls(of: process.id.pid, reader),
                new.count != old.count,
                let count = Rates.perSecond(
                    from: old.count, to: new.count, in: new.at.since(old.at)),
                let bytes = Rates.perSecond(
                    from: old.bytes, to: new.bytes, in: new.at.since(old.at))
            else { return nil }
            return (process, count, bytes)
        }
        var writers: [String: [MountSample.Writer]] = [:]
        for (process, calls, bytes) in active.sorted(by: { $0.calls > $1.calls }).prefix(64) {
            let files = root.filesForWriting(of: process.id.pid, atMost: Self.mostDescriptors)
            for (device, mounts) in watched {
                guard let file = files.first(where: { mounts.contains($0.mount) }),
                    writers[device, default: []].count < Self.mostWriters
                else { continue }
                writers[device, default: []].append(
                    MountSample.Writer(
                        process: process.id, name: process.name, file: file.path, calls: calls,
                        bytes: bytes))
            }
        }
        return writers
    }

}

extension MountSample.Room {
    fileprivate init(_ system: statvfs) {
        let block = UInt64(system.f_frsize)
        func bytes(_ blocks: UInt64) -> ByteCount {
            let product = blocks.multipliedReportingOverflow(by: block)
            return ByteCount(product.overflow ? .max : product.partialValue)
        }
        let blocks = UInt64(system.f_blocks)
        self.init(
            size: bytes(blocks), used: bytes(blocks - min(blocks, UInt64(system.f_bfree))),
            available: bytes(UInt64(system.f_bavail)), files: UInt64(system.f_files),
            freeFiles: UInt64(system.f_ffree))
    }
}
