import ProcFormats
import Testing
import Units

@Suite("Files of the host")
struct HostFileTests {
    @Test func systemStat() throws {
        let bytes = try Fixture.bytes("3.10-el7/host/stat")
        let stat = try SystemStat(parsing: bytes.span)
        #expect(stat.total?.user == ClockTicks(1_000_214))
        #expect(stat.total?.nice == ClockTicks(310))
        #expect(stat.total?.system == ClockTicks(200_455))
        #expect(stat.total?.idle == ClockTicks(48_200_112))
        #expect(stat.total?.ioWait == ClockTicks(3022))
        #expect(stat.total?.interrupt == ClockTicks(0))
        #expect(stat.total?.softInterrupt == ClockTicks(4410))
        #expect(stat.total?.steal == ClockTicks(127))
        #expect(stat.cpus.map(\.number) == [0, 1])
        #expect(stat.cpus.map(\.times?.user) == [ClockTicks(500_200), ClockTicks(500_014)])
        #expect(stat.contextSwitches == 987_654_321)
        #expect(stat.forks == 443_322)
        #expect(stat.runnable == 2)
        #expect(stat.blocked == 1)
    }

    @Test("captured: the CPUs make up the total, but for rounding")
    func capturedSystemStat() throws {
        let bytes = try Fixture.bytes("6.18.44/host/stat")
        let stat = try SystemStat(parsing: bytes.span)
        let times = stat.cpus.compactMap(\.times)
        let sum = times.reduce(0) { $0 + $1.idle.rawValue }
        #expect(!stat.cpus.isEmpty)
        #expect(try #require(stat.total).idle.rawValue - sum <= UInt64(stat.cpus.count))
    }

    @Test("What a sandbox does not count is nil, not the zero that it writes")
    func placeholders() throws {
        let text =
            "cpu  0 0 0 0 0 0 0 0 0 0\nctxt 0\nprocesses 0\nprocs_running 0\nprocs_blocked 0\n"
        let stat = try SystemStat(parsing: Array(text.utf8).span)
        #expect(stat.contextSwitches == nil)
        #expect(stat.forks == nil)
        #expect(stat.runnable == nil)
        #expect(stat.blocked == nil)
        let short = try SystemStat(parsing: Array("cpu  1 2 3 4 5 6 7 8\nprocesses 9\n".utf8).span)
        #expect(short.forks == 9)
        #expect(short.blocked == nil)
    }

    @Test func diskStatistics() throws {
        let bytes = try Fixture.bytes("3.10-el7/host/diskstats")
        let old = try DiskStatistics(parsing: bytes.span)
        #expect(old.devices.map(\.name) == ["sda", "sda1", "dm-0"])
        let disk = try #require(old.devices.first)
        #expect(disk.reads == .init(count: 446_216, sectors: 9_550_688, milliseconds: 4_382_310))
        #expect(disk.writes == .init(count: 424_847, sectors: 5_922_052, milliseconds: 19_310_380))
        #expect((disk.inFlight, disk.busyMilliseconds) == (0, 3_376_340))
        #expect(disk.queueMilliseconds == 23_705_160)
        // Discards are counted since 4.18, flushes since 5.5.
        #expect(disk.discards == .init() && disk.flushes == .init())
        let captured = try Fixture.bytes("6.18.44/host/diskstats")
        let new = try DiskStatistics(parsing: captured.span)
        let own = try #require(new.devices.first { $0.name == "vda" })
        #expect(own.discards.sectors ?? 0 > 0)
        #expect(own.flushes.count ?? 0 > 0 && own.flushes.milliseconds != nil)
        #expect(own.flushes.sectors == nil)
    }

    @Test func kernelVersion() throws {
        let text = "Linux version 3.10.0-1160.el7.x86_64 (mockbuild@x86-vm-26) (gcc) #1 SMP\n"
        let version = try KernelVersion(parsing: Array(text.utf8).span)
        #expect(version.release == "3.10.0-1160.el7.x86_64")
        for broken in ["", "Linux version ", "Linux version 6.1\n", "Darwin 1 x"] {
            #expect(throws: ParseError.self) {
                try KernelVersion(parsing: Array(broken.utf8).span)
            }
        }
    }

    @Test("How /proc is mounted is said by the last mount on it")
    func procMount() {
        func mount(_ lines: String...) -> ProcMount? {
            var faults = FieldFaults()
            let text = lines.map { $0 + "\n" }.joined()
            return ProcMount(parsing: Array(text.utf8).span, noting: &faults)
        }
        let root = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw"
        let plain = "22 27 0:21 / /proc rw shared:5 master:1 - proc proc rw"
        let hidden = "50 22 0:60 / /proc rw - proc proc rw,hidepid=invisible"
        #expect(mount(root) == nil)
        #expect(mount(root, plain)?.hidesProcesses == false)
        #expect(mount(plain, hidden, root)?.hidesProcesses == true)
        #expect(mount(hidden, plain)?.hidesProcesses == false)
        #expect(mount("1 2 0:3 / /proc rw - proc proc rw,hidepid=off")?.hidesProcesses == false)
        #expect(mount("1 2 0:3 / /proc rw - proc none rw,subset=pid")?.isSubset == true)
        // What is mounted elsewhere, or is something else.
        #expect(mount("1 2 0:3 / /jail/proc rw - proc proc rw,hidepid=2") == nil)
        #expect(mount("1 2 0:3 / /proc rw - tmpfs tmpfs rw") == nil)
    }

    @Test func linesByTheirBeginning() {
        func has(_ beginning: StaticString, _ text: String) -> Bool {
            let bytes = Array(text.utf8)
            return bytes.span.hasLine(beginningWith: beginning)
        }
        let text = "MemTotal: 1 kB\nMemFree: 2 kB\nlast"
        #expect(has("MemFree:", text))
        #expect(has("last", text))
        #expect(!has("Free:", text))
        #expect(!has("x", ""))
    }

    @Test func kernelSymbols() throws {
        let bytes = try Fixture.bytes("6.18.44/host/kallsyms")
        let lines = KernelSymbolLine.all(in: bytes)
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        #expect(lines.count == 6)
        #expect(lines[0].address == 0xFFFF_FFFF_8100_0000)
        #expect(text(lines[1].nameRange) == "vfs_read")
        #expect(lines[1].moduleRange == nil)
        #expect(lines.map(\.type) == Array("TTTTTt".utf8))
        #expect(text(lines[5].nameRange) == "ftrace_trampoline")
        #expect(lines[5].moduleRange.map(text) == "[__builtin__ftrace]")
    }

    @Test func memoryInfo() throws {
        let bytes = try Fixture.bytes("3.10-el7/host/meminfo")
        let memory = try MemoryInfo(parsing: bytes.span)
        #expect(memory.total == ByteCount(kibibytes: 32_780_460))
        #expect(memory.free == ByteCount(kibibytes: 512_340))
        #expect(memory.available == ByteCount(kibibytes: 9_437_184))
        #expect(memory.buffers == ByteCount(kibibytes: 12))
        #expect(memory.cached == ByteCount(kibibytes: 8_123_456))
        #expect(memory.swapTotal == ByteCount(kibibytes: 4_194_300))
        #expect(memory.swapFree == ByteCount(kibibytes: 4_089_444))
    }

    @Test("MemAvailable is nil where the kernel lacks it")
    func noAvailable() throws {
        let bytes = Array("SwapFree: 1 kB\nSwapTotal: 2 kB\nMemFree: 3 kB\nMemTotal: 4 kB\n".utf8)
        let memory = try MemoryInfo(parsing: bytes.span)
        #expect(memory.available == nil)
        #expect(memory.total == ByteCount(4096))
        #expect(memory.swapFree == ByteCount(1024))
    }

    @Test func loadAverage() throws {
        let bytes = try Fixture.bytes("3.10-el7/host/loadavg")
        let load = try LoadAverage(parsing: bytes.span)
        #expect(load.oneMinute == 4.18)
        #expect(load.fiveMinutes == 3.02)
        #expect(load.fifteenMinutes == 2.9)
        #expect(load.runnable == 3)
        #expect(load.tasks == 1187)
    }

    @Test func uptime() throws {
        let bytes = try Fixture.bytes("3.10-el7/host/uptime")
        #expect(try Uptime(parsing: bytes.span).seconds == 1_287_654.31)
    }

    @Test("vmstat, with and without oom_kill")
    func vmStat() throws {
        let old = try Fixture.bytes("3.10-el7/host/vmstat")
        let oldStat = try VMStat(parsing: old.span)
        #expect(oldStat.kibibytesIn == 55_443_321)
        #expect(oldStat.kibibytesOut == 998_877)
        #expect(oldStat.swapIn == PageCount(210))
        #expect(oldStat.swapOut == PageCount(26_214))
        #expect(oldStat.majorFaults == 4321)
        #expect(oldStat.oomKills == nil)

        let newer = try Fixture.bytes("4.18-el8/host/vmstat")
        #expect(try VMStat(parsing: newer.span).oomKills == 2)
    }

    @Test("captured vmstat has every counter")
    func capturedVMStat() throws {
        let bytes = try Fixture.bytes("6.18.44/host/vmstat")
        let stat = try VMStat(parsing: bytes.span)
        #expect(stat.kibibytesIn != nil && stat.kibibytesOut != nil)
        #expect(stat.swapIn != nil && stat.swapOut != nil)
        #expect(stat.majorFaults != nil && stat.oomKills != nil)
    }

    @Test("pressure, with and without full")
    func pressure() throws {
        let cpu = try Fixture.bytes("5.4/host/pressure-cpu")
        let cpuStall = try PressureStall(parsing: cpu.span)
        #expect(cpuStall.some?.average10 == Percent(Float(0.12)))
        #expect(cpuStall.some?.average60 == Percent(Float(3.4)))
        #expect(cpuStall.some?.average300 == Percent(Float(99.9)))
        #expect(cpuStall.some?.totalMicroseconds == 16_843_345)
        #expect(cpuStall.full == nil)

        let memory = try Fixture.bytes("5.4/host/pressure-memory")
        let memoryStall = try PressureStall(parsing: memory.span)
        #expect(memoryStall.some?.totalMicroseconds == 71_234_567)
        #expect(memoryStall.full?.average10 == Percent(Float(10)))
        #expect(memoryStall.full?.totalMicroseconds == 60_123_456)
    }
}

extension KernelSymbolLine {
    /// All lines of a file read whole.
    static func all(in bytes: [UInt8]) -> [KernelSymbolLine] {
        var faults = FieldFaults()
        return all(in: bytes, noting: &faults)
    }

    static func all(
        in bytes: [UInt8], noting faults: inout FieldFaults
    ) -> [KernelSymbolLine] {
        var lines: [KernelSymbolLine] = []
        var offset = 0
        while let line = KernelSymbolLine(nextIn: bytes.span, at: &offset, noting: &faults) {
            lines.append(line)
        }
        return lines
    }
}
