import CLinux
import ProcFormats
import Testing
import Units

@testable import ProcSampling

struct TaskRecordTests {
    private let units = SystemInfo(pageSize: ByteCount(4096))

    private func figures(_ change: (inout clinux_task_record) -> Void) -> ThreadFigures {
        var record = clinux_task_record()
        change(&record)
        return ThreadFigures(TaskRecord(record), units)
    }

    @Test(arguments: [
        (0, 0, TaskState.running), (1, 0, .sleeping), (2, 0, .diskSleep), (0x102, 0, .diskSleep),
        (0x104, 0, .stopped), (8, 0, .traced), (0x80, 0x20, .zombie), (0x80, 0x10, .dead),
        (0x40, 0, .parked), (0x402, 0, .idle), (0x1000, 0, .diskSleep), (0x8000, 0, .diskSleep),
        (0x2001, 0, .sleeping), (0x200, 0, .running), (0x800, 0, .running),
        (UInt32.max, UInt32.max, .idle),
    ])
    func theKernelsBitsAreTheLettersOfStat(_ state: UInt32, _ exit: UInt32, _ letter: TaskState) {
        let figures = figures {
            $0.state = state
            $0.exit_state = exit
        }
        #expect(figures.state == letter)
    }

    /// Sampled time is scaled to the precise sum.
    @Test(arguments: [
        (0, 0, 0, 0), (300, 0, 400, 0), (0, 300, 0, 400), (300, 100, 300, 100),
        (UInt64.max, UInt64.max, 400, 0), (UInt64.max - 9, 9, 400, 0),
    ])
    func timeIsSplitAsStatSplitsIt(
        _ user: UInt64, _ system: UInt64, _ userTicks: UInt64, _ systemTicks: UInt64
    ) {
        let figures = figures {
            $0.run_time = user == 0 && system == 0 ? 0 : 4_000_000_000
            $0.user_time = user
            $0.system_time = system
        }
        #expect(figures.userTime == ClockTicks(userTicks))
        #expect(figures.systemTime == ClockTicks(systemTicks))
    }

    /// What was shown is not taken back, even where the samples say otherwise by now.
    @Test(arguments: [
        (100, 0, 300, 100), (0, 300, 100, 300), (300, 100, 300, 100), (0, 0, 400, 0),
        (500, 600, 500, 600),
    ])
    func timeThatWasShownStands(
        _ user: UInt64, _ system: UInt64, _ userTicks: UInt64, _ systemTicks: UInt64
    ) {
        let figures = figures {
            $0.run_time = 4_000_000_000
            $0.user_time = 300
            $0.system_time = user + system == 0 ? 0 : 100
            $0.shown_user_time = user * 10_000_000
            $0.shown_system_time = system * 10_000_000
        }
        #expect(figures.userTime == ClockTicks(userTicks))
        #expect(figures.systemTime == ClockTicks(systemTicks))
    }

    @Test func startTimesAreWholeTicks() {
        #expect(figures { $0.start_time = 12_349_999_999 }.id.startTime == ClockTicks(1234))
        #expect(
            figures { $0.start_time = .max }.id.startTime == ClockTicks(1_844_674_407_370))
    }

    @Test func anUnknownProcessorIsNone() {
        #expect(figures { $0.cpu = -1 }.processor == nil)
        #expect(figures { $0.cpu = 3 }.processor == 3)
        #expect(figures { $0.cpu = .max }.processor == nil)
    }

    @Test func namesEndAtANul() {
        var record = clinux_task_record()
        withUnsafeMutableBytes(of: &record.name) { $0.copyBytes(from: Array("a) R\u{1B}".utf8)) }
        #expect(TaskRecord(record).name == "a) R\u{1B}")
        #expect(TaskRecord(record).isNamed("a) R\u{1B}"))
        #expect(!TaskRecord(record).isNamed("a) R"))
        withUnsafeMutableBytes(of: &record.name) {
            $0.copyBytes(from: Array("0123456789abcd".utf8) + [0xFF, 0xFF])
        }
        #expect(TaskRecord(record).name == "0123456789abcd\u{FFFD}\u{FFFD}")
    }
}
