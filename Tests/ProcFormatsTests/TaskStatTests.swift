import ProcFormats
import TestSupport
import Testing
import Units

@Suite("stat of a task")
struct TaskStatTests {
    @Test("3.10: every field")
    func oldKernel() throws {
        let bytes = try Fixture.bytes("3.10-el7/futex/stat")
        let stat = try TaskStat(parsing: bytes.span)
        #expect(stat.id == 4131)
        #expect(stat.name(in: bytes.span) == "rdk:broker1")
        #expect(stat.state == .sleeping)
        #expect(stat.parent == ProcessID(1))
        #expect(stat.flags == 1_077_944_384)
        #expect(!stat.isKernelThread)
        #expect(stat.minorFaults == 811)
        #expect(stat.majorFaults == 0)
        #expect(stat.userTime == ClockTicks(5102))
        #expect(stat.systemTime == ClockTicks(3099))
        #expect(stat.childrenTime == ClockTicks(0))
        #expect(stat.priority == 20)
        #expect(stat.nice == 0)
        #expect(stat.threadCount == 64)
        #expect(stat.startTime == ClockTicks(129_998))
        #expect(stat.virtualSize == ByteCount(19_553_133_440))
        #expect(stat.residentSize == PageCount(4_739_000))
        #expect(stat.processor == 2)
        #expect(stat.realTimePriority == 0)
        #expect(stat.policy == .other)
    }

    @Test("a real-time thread has a negative priority")
    func realTime() throws {
        let bytes = try Fixture.bytes("5.4/disk-wait/stat")
        let stat = try TaskStat(parsing: bytes.span)
        #expect(stat.state == .diskSleep)
        #expect(stat.priority == -51)
        #expect(stat.realTimePriority == 50)
        #expect(stat.policy == .fifo)
        #expect(stat.processor == 11)
        #expect(stat.majorFaults == 12)
    }

    @Test("kernel threads are told by their flag")
    func kernelThread() throws {
        let bytes = try Fixture.bytes("6.18.44/kernel-thread/stat")
        let stat = try TaskStat(parsing: bytes.span)
        #expect(stat.id == 2)
        #expect(stat.isKernelThread)
        #expect(stat.virtualSize == ByteCount(0))
    }

    @Test(
        "stat, status and comm captured together agree", arguments: Fixture.entries(of: "6.18.44"))
    func agreement(folder: String) throws {
        guard Fixture.entries(of: "6.18.44/\(folder)").contains("comm") else { return }
        let bytes = try Fixture.bytes("6.18.44/\(folder)/stat")
        let stat = try TaskStat(parsing: bytes.span)
        let comm = try Fixture.bytes("6.18.44/\(folder)/comm")
        #expect(stat.name(in: bytes.span) == (try TaskName(parsing: comm.span).text))

        let status = try Fixture.bytes("6.18.44/\(folder)/status")
        let text = String(decoding: status, as: UTF8.self)
        #expect(text.contains("\nState:\t\(stat.state.letter) "))
        #expect(text.contains("\nPid:\t\(stat.id)\n"))
        let (parent, threads) = (try #require(stat.parent), try #require(stat.threadCount))
        #expect(text.contains("\nPPid:\t\(parent)\n"))
        #expect(text.contains("\nThreads:\t\(threads)\n"))
        #expect(text.contains("\nKthread:\t\(stat.isKernelThread ? 1 : 0)\n"))
    }

    static let hostileNames: [(folder: String, name: String)] = [
        ("name-parenthesis", "a) R 1 (b"),
        ("name-newline", "two\nlines"),
        ("name-escape", "esc\u{1B}[31m\u{07}"),
        ("name-not-utf8", "\u{FFFD}\u{FFFD}\u{FFFD}name"),
        ("name-cut-character", "ééééééé\u{FFFD}"),
        ("name-empty", ""),
    ]

    @Test("hostile names", arguments: hostileNames)
    func hostileName(folder: String, name: String) throws {
        let bytes = try Fixture.bytes("6.18.44/\(folder)/stat")
        let stat = try TaskStat(parsing: bytes.span)
        #expect(stat.name(in: bytes.span) == name)
        #expect(stat.state == .sleeping)
        let threads = try #require(stat.threadCount)
        #expect(threads > 1)
        // Only a name that needed no repair is in the bytes as it is.
        #expect(stat.isNamed(name, in: bytes.span) == !name.contains("\u{FFFD}"))
        #expect(stat.isNamed(name + "x", in: bytes.span) == false)
    }

    @Test("a name of the same length is another name")
    func otherName() throws {
        let bytes = try Fixture.bytes("3.10-el7/spinning/stat")
        let stat = try TaskStat(parsing: bytes.span)
        #expect(stat.isNamed("poll", in: bytes.span) == true)
        #expect(stat.isNamed("pull", in: bytes.span) == false)
    }

    @Test("random figures and hostile names come back", arguments: 0..<2000)
    func roundTrip(seed: Int) throws {
        var line = StatLine(random: SeededRandom(seed: UInt64(seed)))
        let bytes = line.bytes
        let stat = try TaskStat(parsing: bytes.span)
        #expect(Array(bytes[stat.nameRange]) == line.name)
        #expect(stat.name(in: bytes.span) == String(decoding: line.name, as: UTF8.self))
        #expect(stat.id == line.int32(1))
        #expect(stat.parent == ProcessID(line.int32(4)))
        #expect(stat.flags == UInt32(truncatingIfNeeded: line.fields[9] ?? 0))
        #expect(stat.minorFaults == line.unsigned(10))
        #expect(stat.majorFaults == line.unsigned(12))
        #expect(stat.userTime?.rawValue == line.unsigned(14))
        #expect(stat.systemTime?.rawValue == line.unsigned(15))
        #expect(stat.priority == line.fields[18])
        #expect(stat.nice == line.fields[19])
        #expect(stat.threadCount == line.fields[20])
        #expect(stat.startTime.rawValue == line.unsigned(22))
        #expect(stat.virtualSize?.rawValue == line.unsigned(23))
        #expect(stat.residentSize?.rawValue == line.unsigned(24))
        #expect(stat.processor == line.fields[39])
        #expect(stat.realTimePriority == line.fields[40])
        #expect(stat.policy == SchedulingPolicy(number: line.fields[41] ?? -1))
        line.name = []
        #expect(line.bytes != bytes || stat.nameRange.isEmpty)
    }

    @Test("errors tell reason and place; a field that is no number is nil")
    func errors() throws {
        let rest = " S 1 1 1 0 -1 0 0 0 0 0 14 15 0 0 20 0 1 0 22 0 0 0 " + zeros(13) + "0 0 0 0\n"
        #expect(error(in: "7 (a)" + rest) == nil)
        #expect(error(in: "") == ParseError(.truncated, at: 0))
        #expect(error(in: "x (a)" + rest) == ParseError(.notANumber, at: 0))
        #expect(error(in: "-x (a)" + rest) == ParseError(.notANumber, at: 1))
        #expect(error(in: "2147483648 (a)" + rest) == ParseError(.overflow, at: 0))
        #expect(error(in: "-2147483648 (a)" + rest) == nil)
        #expect(error(in: "-2147483649 (a)" + rest) == ParseError(.overflow, at: 0))
        #expect(error(in: "7 a)" + rest) == ParseError(.unexpected, at: 2))
        #expect(error(in: "7 (a") == ParseError(.truncated, at: 4))
        #expect(error(in: "7 (a)S" + rest) == ParseError(.unexpected, at: 5))

        let parts = rest.split(separator: "14", maxSplits: 1).map(String.init)
        let largest = "18446744073709551615"
        #expect(error(in: "7 (a)" + parts[0] + largest + parts[1]) == nil)
        let over = ["18446744073709551616", "28446744073709551615", "184467440737095516150"]
        for number in over + ["-14"] {
            let bytes = Array(("7 (a)" + parts[0] + number + parts[1]).utf8)
            var faults = FieldFaults()
            let stat = try TaskStat(parsing: bytes.span, noting: &faults)
            #expect(stat.userTime == nil && stat.systemTime == ClockTicks(15))
            #expect(faults.count == 1 && faults.first == [FieldFault(name: "utime", text: number)])
        }
    }

    @Test("a state this version does not know is no error")
    func unknownState() throws {
        let line =
            "7 (a) W 1 1 1 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 22 0 0 0 " + zeros(13) + "0 0 9 0\n"
        let bytes = Array(line.utf8)
        let stat = try TaskStat(parsing: bytes.span)
        #expect(stat.state == .unknown)
        #expect(stat.policy == .unknown(9))
    }

    private func zeros(_ count: Int) -> String { String(repeating: "0 ", count: count) }

    private func error(in text: String) -> ParseError? {
        let bytes = Array(text.utf8)
        do throws(ParseError) {
            _ = try TaskStat(parsing: bytes.span)
            return nil
        } catch {
            return error
        }
    }
}

/// A line of stat with figures and a name that are made up.
private struct StatLine {
    /// By their number, without 2 (the name) and 3 (the state).
    var fields: [Int: Int] = [:]
    var name: [UInt8]
    let last: Int

    init(random start: SeededRandom) {
        var random = start
        // What a name needs to look like the fields after it, and bytes of all kinds.
        let alphabet: [UInt8] = Array(") (R1-\n\t\u{1B}".utf8) + [0x41, 0x80, 0xC3, 0xE2, 0xFF]
        name = (0..<Int.random(in: 0...15, using: &random)).map { _ in
            alphabet.randomElement(using: &random) ?? 0
        }
        last = [44, 47, 52, 55].randomElement(using: &random) ?? 52
        let signed: Set = [18, 19]
        let narrow: Set = [1, 4, 9, 20, 39, 40, 41]
        for number in 1...last where number != 2 && number != 3 {
            let bits = Int.random(in: 0...(narrow.contains(number) ? 30 : 62), using: &random)
            let value = Int.random(in: 0...(1 << bits), using: &random)
            fields[number] = signed.contains(number) && Bool.random(using: &random) ? -value : value
        }
    }

    var bytes: [UInt8] {
        let rest = (4...last).compactMap { fields[$0] }.map { "\($0)" }.joined(separator: " ")
        return Array("\(fields[1] ?? 0) (".utf8) + name + Array(") R \(rest)\n".utf8)
    }

    func int32(_ number: Int) -> Int32 { Int32(truncatingIfNeeded: fields[number] ?? -1) }
    func unsigned(_ number: Int) -> UInt64 { UInt64(fields[number] ?? 0) }
}
