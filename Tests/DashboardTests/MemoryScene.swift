import Diagnosis
import ProcSampling
import Screen
import Synchronization
import Units

@testable import Dashboard

/// Courses of memory whose shape is known.
enum Course: String, CaseIterable, Sendable {
    case linear, plateau, step, sawtooth, risingFloor, flat

    /// MiB after so many seconds of ten minutes. The noise is small and always the same.
    func mebibytes(at second: Int) -> Double {
        let time = Double(second)
        let course: Double =
            switch self {
            case .linear: 600 + 2.1 * time
            case .plateau: min(400, 40 + 2.1 * time)
            case .step: second < 300 ? 200 : 700
            case .sawtooth: 200 + Double(second % 120) * 3
            case .risingFloor: 200 + Double(second % 120) * 3 + Double(second / 120) * 150
            case .flat: 500
            }
        return course + Double((second * 7919) % 13) / 13
    }
}

extension Scene {
    /// A scene in which the memory of `streamd` takes a course; one refresh a second.
    static func growing(
        _ course: Course, seconds: Int = 600, columns: Int = 80, rows: Int = 24,
        glyphs: Glyphs = .ascii, place: Place = .memory
    ) -> Scene {
        var scene = grown[course, seconds, place]
        scene.state.settings.glyphs = glyphs
        _ = scene.state.update(
            .resize(Size(columns: columns, rows: rows)), at: scene.now)
        return scene
    }

    private static let grown = GrownScenes()

    /// Lets so many seconds of a course pass.
    mutating func run(_ course: Course, seconds: Int) {
        var second = 0
        sample(seconds) { snapshot in
            snapshot.grow(to: course.mebibytes(at: second))
            second += 1
        }
    }
}

/// Scenes that have taken a course: ten minutes of one take a second to make, and many tests begin
/// with the same.
private final class GrownScenes: Sendable {
    private struct Key: Hashable {
        var course: Course
        var seconds: Int
        var place: Place
    }

    private let known = Mutex<[Key: Scene]>([:])

    subscript(course: Course, seconds: Int, place: Place) -> Scene {
        let key = Key(course: course, seconds: seconds, place: place)
        if let scene = known.withLock({ $0[key] }) { return scene }
        var scene = Scene(place: place)
        scene.run(course, seconds: seconds)
        known.withLock { [scene] in $0[key] = scene }
        return scene
    }
}

extension Snapshot {
    /// Gives every process memory, `streamd` so much.
    mutating func grow(to mebibytes: Double) {
        for index in processes.indices where !processes[index].isKernelThread {
            let isStreamd = processes[index].id.pid == ProcessID(2214)
            let kibibytes = isStreamd ? UInt64(mebibytes * 1024) : 12_288
            processes[index].memory = MemoryUse(
                anonymous: ByteCount(kibibytes: kibibytes), file: ByteCount(kibibytes: 30_000),
                shared: ByteCount(0), swap: ByteCount(kibibytes: isStreamd ? 2048 : 0),
                peak: ByteCount(kibibytes: kibibytes + 30_000),
                addressSpace: ByteCount(kibibytes: 8_000_000))
            processes[index].residentMemory = ByteCount(kibibytes: kibibytes + 30_000)
            guard isStreamd else { continue }
            processes[index].memoryGroup = "/system.slice/streamd.service"
        }
        memoryGroups = [
            "/system.slice/streamd.service": MemoryGroup(
                path: "/system.slice/streamd.service",
                usage: ByteCount(UInt64(mebibytes * 1_048_576)), reclaimable: ByteCount(0),
                limit: ByteCount(4 << 30))
        ]
    }

    /// Mappings of `streamd` as smaps would tell them: four buffers, heap, a library, stacks.
    mutating func readMappings(number: Int, buffers mebibytes: UInt64) {
        func mapping(
            _ start: UInt64, _ size: UInt64, _ kind: Mapping.Kind, _ name: String = "",
            anonymous: UInt64 = 0, resident: UInt64? = nil
        ) -> Mapping {
            Mapping(
                start: start, end: start + size, kind: kind, name: name,
                resident: ByteCount(resident ?? anonymous),
                proportional: ByteCount(resident ?? anonymous), anonymous: ByteCount(anonymous))
        }
        let gibibyte: UInt64 = 1 << 30
        var all = [
            mapping(0x55_0000_0000, 40 << 20, .heap, "[heap]", anonymous: 38 << 20),
            mapping(0x7f00_0000_0000, 64 << 20, .arena, anonymous: 12 << 20),
        ]
        for buffer in 0..<4 {
            all.append(
                mapping(
                    0x7f10_0000_0000 + UInt64(buffer) * (gibibyte + 4096), gibibyte, .anonymous,
                    anonymous: mebibytes << 20))
        }
        for thread in 0..<3 {
            all.append(
                mapping(
                    0x7f20_0000_0000 + UInt64(thread) * (9 << 20), 8 << 20,
                    .threadStack(ThreadID(4127 + Int32(thread))), anonymous: 132 << 10))
        }
        all.append(
            mapping(
                0x7f30_0000_0000, 2 << 20, .file, "/usr/lib/librdkafka.so.1", resident: 1 << 20))
        all.append(mapping(0x7ffc_0000_0000, 132 << 10, .mainStack, "[stack]", anonymous: 36 << 10))
        mappings = MappingsReading(
            process: Scene.streamd, number: number, moment: moment, time: time,
            duration: .milliseconds(84), progress: .complete,
            nextAt: moment + Nanoseconds(10_000_000_000), mappings: all,
            rollup: MappingsReading.Rollup(
                resident: ByteCount(4 * (mebibytes << 20) + (52 << 20)),
                proportional: ByteCount(4 * (mebibytes << 20) + (51 << 20)),
                anonymous: ByteCount(4 * (mebibytes << 20) + (50 << 20)), swap: ByteCount(0)))
    }
}
