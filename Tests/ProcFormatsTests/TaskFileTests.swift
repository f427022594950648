import ProcFormats
import TestSupport
import Testing
import Units

@Suite("Files of a task")
struct TaskFileTests {
    @Test func schedStat() throws {
        let bytes = try Fixture.bytes("3.10-el7/futex/schedstat")
        let stat = try SchedStat(parsing: bytes.span)
        #expect(stat.runTime == Nanoseconds(82_014_551_209))
        #expect(stat.runDelay == Nanoseconds(1_934_458_101))
        #expect(stat.timeslices == 74_121)
    }

    @Test("random figures of schedstat and syscall come back", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let numbers = (0..<8).map { _ in random.next() >> UInt64.random(in: 0..<64, using: &random)
        }

        let schedStat = Array("\(numbers[0]) \(numbers[1]) \(numbers[2])\n".utf8)
        let stat = try SchedStat(parsing: schedStat.span)
        #expect(stat.runTime?.rawValue == numbers[0])
        #expect(stat.runDelay?.rawValue == numbers[1])
        #expect(stat.timeslices == numbers[2])

        let registers = (numbers.prefix(6) + [numbers[6] | 1, numbers[7]])
            .map { "0x" + String($0, radix: 16) }
            .joined(separator: " ")
        let number = Int32.random(in: 0...500, using: &random)
        let blocked = Array("\(number) \(registers)\n".utf8)
        let record = try SystemCallRecord(parsing: blocked.span)
        #expect(record == .blocked(number: number, arguments: Array(numbers.prefix(6))))
    }

    @Test func statusOfOldKernel() throws {
        let bytes = try Fixture.bytes("3.10-el7/futex/status")
        let status = try TaskStatus(parsing: bytes.span)
        #expect(status.realUser == UserID(995))
        #expect(status.effectiveUser == UserID(995))
        #expect(status.tracer == nil)
        #expect(status.threadCount == 64)
        #expect(status.peakResidentMemory == ByteCount(kibibytes: 18_956_012))
        #expect(status.residentMemory == ByteCount(kibibytes: 18_956_000))
        #expect(status.anonymousMemory == ByteCount(kibibytes: 18_944_204))
        #expect(status.fileMemory == ByteCount(kibibytes: 11_796))
        #expect(status.sharedMemory == ByteCount(0))
        #expect(status.swap == ByteCount(kibibytes: 104_857))
        #expect(status.allowedCPUs == "0-7")
        #expect(status.voluntarySwitches == 73_112)
        #expect(status.involuntarySwitches == 1009)
    }

    @Test func statusOfTracedSetUserProgram() throws {
        let bytes = try Fixture.bytes("4.18-el8/epoll/status")
        let status = try TaskStatus(parsing: bytes.span)
        #expect(status.realUser == UserID(1000))
        #expect(status.effectiveUser == UserID(0))
        #expect(status.tracer == ProcessID(5150))
        #expect(status.allowedCPUs == "0-1,3")
    }

    @Test(
        "without an address space there are no memory lines",
        arguments: [
            "zombie", "zombie-leader", "kernel-thread",
        ])
    func statusWithoutMemory(folder: String) throws {
        let bytes = try Fixture.bytes("6.18.44/\(folder)/status")
        let status = try TaskStatus(parsing: bytes.span)
        #expect(status.residentMemory == nil)
        #expect(status.anonymousMemory == nil)
        #expect(status.swap == nil)
        #expect(status.voluntarySwitches != nil)
        #expect(status.realUser == UserID(0))
    }

    @Test func statusOrderIsFree() throws {
        let bytes = Array(
            "VmRSS:\t  12 kB\nNew: line\nUid:\t7\t8\t9\t10\nName:\tVmRSS: 1\\n\n".utf8)
        let status = try TaskStatus(parsing: bytes.span)
        #expect(status.residentMemory == ByteCount(12 * 1024))
        #expect(status.realUser == UserID(7))
        #expect(status.effectiveUser == UserID(8))
        #expect(status.threadCount == nil)
    }

    @Test func statusOverflow() throws {
        let bytes = Array("Uid:\t0\t0\t0\t0\nVmRSS:\t18014398509481984 kB\n".utf8)
        var faults = FieldFaults()
        let status = try TaskStatus(parsing: bytes.span, noting: &faults)
        #expect(status.residentMemory == nil && status.effectiveUser == UserID(0))
        #expect(faults.first == [FieldFault(name: "VmRSS", text: "18014398509481984")])
    }

    @Test(
        "syscall",
        arguments: [
            ("6.18.44/running/syscall", SystemCallRecord.running),
            ("6.18.44/stopped/syscall", .outside),
            ("6.18.44/zombie/syscall", .outside),
            ("6.18.44/kernel-thread/syscall", .outside),
            (
                "3.10-el7/futex/syscall",
                .blocked(
                    number: 202,
                    arguments: [0x7f32_bc00_19a4, 0x189, 0x7cd1, 0x7f32_d57f_9d30, 0, 0xffff_ffff])
            ),
        ])
    func systemCall(path: String, expected: SystemCallRecord) throws {
        let bytes = try Fixture.bytes(path)
        #expect(try SystemCallRecord(parsing: bytes.span) == expected)
    }

    @Test(
        "a captured sleep is in the call it was made to be in",
        arguments: [
            ("futex", 202), ("epoll", 232), ("nanosleep", 230), ("zombie-leader-thread", 230),
        ])
    func capturedCall(folder: String, number: Int32) throws {
        let bytes = try Fixture.bytes("6.18.44/\(folder)/syscall")
        guard case .blocked(number, let arguments) = try SystemCallRecord(parsing: bytes.span)
        else {
            Issue.record("not blocked in \(number)")
            return
        }
        #expect(arguments.count == 6)
    }

    @Test("read of descriptor 0 is not a kernel thread")
    func readOfDescriptor0() throws {
        let bytes = Array("0 0x0 0x7f00 0x1 0x0 0x0 0x0 0x7ffe 0x7fff\n".utf8)
        let record = try SystemCallRecord(parsing: bytes.span)
        #expect(record == .blocked(number: 0, arguments: [0, 0x7f00, 1, 0, 0, 0]))
    }

    @Test func systemCallErrors() {
        let wide = Array("-1 0x0 0x10000000000000000\n".utf8)
        #expect(throws: ParseError(.overflow, at: 9)) { try SystemCallRecord(parsing: wide.span) }
        let noPrefix = Array("-1 0 0\n".utf8)
        #expect(throws: ParseError(.unexpected, at: 3)) {
            try SystemCallRecord(parsing: noPrefix.span)
        }
    }

    @Test func io() throws {
        let bytes = try Fixture.bytes("3.10-el7/futex/io")
        let io = try TaskIO(parsing: bytes.span)
        #expect(io.bytesRead == ByteCount(90_123))
        #expect(io.bytesWritten == ByteCount(4096))
        #expect(io.readCalls == 120)
        #expect(io.writeCalls == 4)
        #expect(io.diskBytesRead == ByteCount(8192))
        #expect(io.diskBytesWritten == ByteCount(4096))
    }

    @Test(
        "only the kernel's own newline is taken from a name",
        arguments: [
            ("6.18.44/name-newline/comm", "two\nlines"), ("6.18.44/name-empty/comm", ""),
            ("6.18.44/name-not-utf8/comm", "\u{FFFD}\u{FFFD}\u{FFFD}name"),
        ])
    func name(path: String, expected: String) throws {
        let bytes = try Fixture.bytes(path)
        #expect(try TaskName(parsing: bytes.span).text == expected)
    }

    @Test("a name that ends in newlines keeps them but one")
    func nameWithNewlines() throws {
        let bytes = Array("a\n\n\n".utf8)
        #expect(try TaskName(parsing: bytes.span).text == "a\n\n")
    }

    @Test(
        "wchan",
        arguments: [
            ("6.18.44/running/wchan", nil), ("6.18.44/zombie/wchan", nil),
            ("3.10-el7/futex/wchan", "futex_wait_queue_me"), ("4.18-el8/epoll/wchan", "ep_poll"),
        ])
    func waitChannel(path: String, expected: String?) throws {
        let bytes = try Fixture.bytes(path)
        #expect(WaitChannel(parsing: bytes.span).function == expected)
    }

    @Test("an empty wchan is none")
    func emptyWaitChannel() {
        let bytes: [UInt8] = []
        #expect(WaitChannel(parsing: bytes.span).function == nil)
    }

    @Test("stack of an old kernel")
    func oldStack() throws {
        let bytes = try Fixture.bytes("3.10-el7/futex/stack")
        #expect(
            try KernelStack(parsing: bytes.span).functions == [
                "futex_wait_queue_me+0xc6", "futex_wait+0x17b", "do_futex+0x106",
                "SyS_futex+0x80", "system_call_fastpath+0x25",
            ])
    }

    @Test("a module's name stays in a stack, and so does an address without a name")
    func stackWithModule() throws {
        let bytes = try Fixture.bytes("4.18-el8/journal/stack")
        #expect(
            try KernelStack(parsing: bytes.span).functions == [
                "jbd2_log_wait_commit+0xac [jbd2]", "ext4_sync_file+0x1d2 [ext4]",
                "do_fsync+0x38", "0xffffffffc0a81234",
            ])
    }

    @Test(
        "the innermost function is the wait channel's",
        arguments: [
            "futex", "nanosleep", "stopped", "kernel-thread",
        ])
    func capturedStack(folder: String) throws {
        let bytes = try Fixture.bytes("6.18.44/\(folder)/stack")
        let channel = try Fixture.bytes("6.18.44/\(folder)/wchan")
        let function = try #require(WaitChannel(parsing: channel.span).function)
        let functions = try KernelStack(parsing: bytes.span).functions
        #expect(try #require(functions.first).hasPrefix(function + "+0x"))
        #expect(!functions.contains { $0.contains("/") || $0.contains("[<") })
    }

    @Test("a zombie has no stack")
    func zombieStack() throws {
        let bytes = try Fixture.bytes("6.18.44/zombie/stack")
        #expect(try KernelStack(parsing: bytes.span).functions.isEmpty)
    }
}
