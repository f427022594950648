import ProcFormats
import Samples
import Testing
import Units

@testable import ProcSampling

struct DiskReaderTests {
    private let tree = FakeTree()

    /// As `/proc/diskstats` has it since 5.5: requests, merged, sectors, milliseconds of reads and writes;
    /// in flight, busy, queue; discards; flushes.
    private static func line(
        _ name: String, reads: Int = 0, writes: Int = 0, sectors: Int = 0, milliseconds: Int = 0,
        busy: Int = 0, queue: Int = 0, flushes: Int = 0
    ) -> String {
        " 254       0 \(name) \(reads) 0 \(sectors) \(milliseconds) \(writes) 7 \(sectors)"
            + " \(milliseconds) 3 \(busy) \(queue) 0 0 0 0 \(flushes) \(milliseconds)\n"
    }

    /// Two samples, a second apart.
    private func disks(_ before: String, _ after: String) throws -> [DiskSample] {
        let sampler = try tree.sampler()
        tree.write("diskstats", before)
        _ = sampler.sample(Interest())
        tree.write("diskstats", after)
        tree.advance()
        tree.pass(.seconds(1))
        return sampler.sample(Interest()).disks
    }

    @Test func whatADeviceDoesIsARate() throws {
        let found = try disks(
            Self.line("vda", reads: 10, writes: 10),
            Self.line(
                "vda", reads: 110, writes: 60, sectors: 2000, milliseconds: 500, busy: 400,
                queue: 1500, flushes: 5))
        let disk = try #require(found.first)
        #expect(
            disk.reads == .init(rate: Rate(100.0), bytes: Rate(1_024_000.0), wait: .milliseconds(5))
        )
        #expect(disk.writes.rate == Rate(50.0))
        #expect(disk.writes.wait == .milliseconds(10))
        #expect(disk.flushes == .init(rate: Rate(5.0), wait: .milliseconds(100)))
        #expect(disk.discards.rate == .zero)
        #expect(disk.discards.wait == nil)
        #expect(disk.utilization == Percent(40.0))
        #expect(disk.queue == 1.5)
        #expect(disk.inFlight == 3)
    }

    @Test func partitionsArePartOfTheirDisk() throws {
        let names = [
            "dm-0", "loop0", "loop0p1", "md0", "md127", "nvme0n1", "nvme0n1p1", "nvme0n1p12", "sda",
            "sda1", "sdaa", "sr0",
        ]
        let text = names.map { Self.line($0, reads: 1) }.joined()
        #expect(
            try disks(text, text).map(\.name)
                == ["dm-0", "loop0", "md0", "md127", "nvme0n1", "sda", "sdaa", "sr0"])
    }

    @Test func whoNeverWorkedIsLeftOut() throws {
        let idle = " 7 0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
        #expect(try disks(idle, idle + Self.line("vda", reads: 1)).map(\.name) == ["vda"])
    }

    /// A device that was taken away, and another that has its name now.
    @Test func countersThatGoBackMakeNoRates() throws {
        let disk = try #require(
            try disks(
                Self.line("sda", reads: 100, sectors: 9, milliseconds: 90, busy: 80, queue: 70),
                Self.line("sda", reads: 1)
            ).first)
        #expect(disk.reads.rate == nil)
        #expect(disk.reads.wait == nil)
        #expect(disk.utilization == nil)
        #expect(disk.queue == nil)
    }

    /// After 49 days.
    @Test func timesComeRound() throws {
        let disk = try #require(
            try disks(
                Self.line("sda", reads: 1, milliseconds: 4_294_967_290, busy: 4_294_967_196),
                Self.line("sda", reads: 2, milliseconds: 4, busy: 400)
            ).first)
        #expect(disk.reads.wait == .milliseconds(10))
        #expect(disk.utilization == Percent(50.0))
    }

    @Test func withoutTheFileThereIsNone() throws {
        #expect(try tree.sampler().sample(Interest()).disks.isEmpty)
    }
}
