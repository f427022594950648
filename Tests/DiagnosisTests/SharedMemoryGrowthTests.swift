import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// Shared memory that nobody is seen to hold, beside what processes map and mounts hold.
@Suite struct SharedMemoryGrowthTests {
    /// The machine's memory, of which so much is shared.
    private func share(_ bytes: Double, in host: inout HostSample) {
        host.memory = MadeMachine.memory(available: 16_384 * mebibyte - bytes)
        host.memory?.shared = ByteCount(UInt64(bytes))
    }

    /// - Parameters:
    ///   - mapped: MiB that a process maps and fills each second, as System V shared memory.
    ///   - unmapped: MiB that come to a memfd by write(2).
    private func found(mapped: Double, unmapped: Double) -> Finding? {
        var machine = MadeMachine()
        for second in 0..<150 {
            var process = MadeMachine.process(7, anonymous: mebibyte)
            process.memory = MemoryUse(
                anonymous: ByteCount(UInt64(mebibyte)),
                shared: ByteCount(UInt64(mapped * Double(second) * mebibyte)), swap: ByteCount(0))
            let all = (mapped + unmapped) * Double(second) * mebibyte
            machine.refresh([process]) { share(all, in: &$0) }
        }
        return machine.finding(.sharedMemoryGrowth)
    }

    @Test(
        arguments: [
            (0, 2, "shared memory +2.0 MiB/s for 2m"),
            // As much as, and far less than, what is explained.
            (2, 2, "further shared memory +2.0 MiB/s for 2m"),
            (8, 2, "further shared memory +2.0 MiB/s for 2m"),
            // Nothing; too little to have a shape; no more than the figures' errors.
            (2, 0, nil), (2, 0.3, nil), (20, 1, nil),
        ] as [(Double, Double, String?)])
    func whatNobodyMapsIsNamedHoweverMuchElseGrows(
        _ mapped: Double, _ unmapped: Double, _ words: String?
    ) throws {
        let finding = found(mapped: mapped, unmapped: unmapped)
        #expect((finding != nil) == (words != nil))
        guard let finding, let words else { return }
        #expect(finding.subject == .host)
        #expect(finding.claim.hasPrefix(words), "\(finding.claim)")
    }

    @Test func theEvidenceSaysWhatIsExplained() throws {
        let finding = try #require(found(mapped: 2, unmapped: 2))
        let line =
            "of its +4.0 MiB/s, +2.0 MiB/s are in a tmpfs that grows, or in processes that map it"
        #expect(finding.evidence.contains(line), "\(finding.evidence)")
        #expect(try #require(found(mapped: 0, unmapped: 2)).evidence.count == 1)
    }

    /// A tmpfs gains 5 MiB a second, at refreshes that are so many seconds apart.
    ///
    /// - Parameter unmapped: MiB that come to a memfd meanwhile.
    private func besideTmpfs(unmapped: Double, interval: Int) -> [Finding] {
        var machine = MadeMachine(interval: interval)
        for step in 0..<(200 / interval) {
            let seconds = Double(step * interval)
            let used = UInt64(5 * seconds * mebibyte)
            let mount = MountSample(
                path: "/var", type: "tmpfs", source: "tmpfs",
                room: MountSample.Room(
                    size: ByteCount(8 << 30), used: ByteCount(used),
                    available: ByteCount((8 << 30) - used), files: 1000, freeFiles: 100))
            machine.refresh([], mounts: [mount]) {
                share((5 + unmapped) * seconds * mebibyte, in: &$0)
            }
        }
        return machine.findings.findings.filter { $0.kind == .sharedMemoryGrowth }
    }

    /// Mounts are noted every five seconds, or as soon after as a refresh comes.
    @Test(arguments: [1, 2, 5, 7])
    func whatATmpfsHoldsIsNotNamedTwice(_ interval: Int) throws {
        let found = besideTmpfs(unmapped: 0, interval: interval)
        #expect(found.map(\.subject) == [.file("/var")])
        let finding = try #require(found.first)
        #expect(finding.claim.hasPrefix("/var (tmpfs) +5.0 MiB/s for "), "\(finding.claim)")
    }

    @Test(arguments: [1, 2, 5, 7])
    func whatComesBesideATmpfsIsNamedByItself(_ interval: Int) throws {
        let found = besideTmpfs(unmapped: 2, interval: interval)
        #expect(Set(found.map(\.subject)) == [.host, .file("/var")])
        let finding = try #require(found.first { $0.subject == .host })
        #expect(
            finding.claim.hasPrefix("further shared memory +2.0 MiB/s for "), "\(finding.claim)")
    }
}
