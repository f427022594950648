import Glibc
import Testing

/// What holds processes back, and what they run out of, made for real and named.
@Suite(.serialized) struct ProcessFindingsTests {
    /// What `watch findings` says of a process in the last of so many refreshes.
    private func findings(
        of process: pid_t, refreshes: Int, interval: String = "1"
    ) async throws -> [JSON] {
        let outcome = try await run(
            .dxtop(
                "watch", "findings", "--json", "--pid", "\(process)", "--count", "\(refreshes)",
                "--interval", interval), deadline: .seconds(180))
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let last = try JSON(parsing: try #require(outcome.lines.last))
        return try #require(last["findings"]).items
    }

    @Test(.enabled(if: ControlGroup.canLimitCPU, "needs root and a hierarchy that limits CPU time"))
    func aThrottledGroupIsNamedAndIsNoStarvation() async throws {
        let group = try ControlGroup(cpuShare: 0.2)
        defer { group.remove() }
        try await Workload.run("starve", "1") { workload in
            try group.add(workload.processID)
            let outcome = try await run(
                .dxtop("watch", "findings", "--json", "--count", "15"), deadline: .seconds(120))
            let last = try JSON(parsing: try #require(outcome.lines.last))
            let all = last["findings"]?.items ?? []
            let found = all.first { $0["id"] == .string("cgroup_throttle") }
            let finding = try #require(found, "\(all)")
            #expect(finding["subject"]?["kind"] == .string("cgroup"))
            #expect(finding["subject"]?["path"] == .string(group.name))
            #expect(finding["severity"] == .string("warning"))
            #expect(finding["confidence"] == .string("high"))
            let claim = try #require(finding["claim"]?.string)
            #expect(claim.contains("limited to 0.2 CPUs"), "\(claim)")
            #expect(finding["so"]?.string?.contains("held back") == true)
            // That it waits is the quota's doing.
            let pid = JSON.number(Double(workload.processID))
            #expect(
                !all.contains {
                    $0["id"] == .string("cpu_starvation") && $0["subject"]?["pid"] == pid
                }, "\(all)")
        }
    }

    /// Twice as many threads as CPUs, none of which ever rests.
    @Test func starvationIsNamedAfterHalfAMinute() async throws {
        try await Workload.run("starve") { workload in
            let found = try await findings(of: workload.processID, refreshes: 34)
            let finding = try #require(
                found.first { $0["id"] == .string("cpu_starvation") }, "\(found)")
            #expect(finding["confidence"] == .string("high"))
        }
    }

    @Test func aProcessThatHoldsNearlyAllFilesItMayIsNamed() async throws {
        try await Workload.run("fdleak", "--at-once", "900", "--rate", "0") { workload in
            let found = try await findings(
                of: workload.processID, refreshes: 2, interval: "0.3")
            let finding = try #require(found.first { $0["id"] == .string("fd_leak") }, "\(found)")
            #expect(finding["severity"] == .string("warning"))
            let claim = try #require(finding["claim"]?.string)
            #expect(claim.contains("of its limit of 1024"), "\(claim)")
        }
    }

    @Test func aProcessThatDoesNotWaitForItsChildrenIsNamed() async throws {
        try await Workload.run("zombies", "25") { workload in
            let found = try await findings(of: workload.processID, refreshes: 33)
            let finding = try #require(found.first { $0["id"] == .string("pile_up") }, "\(found)")
            #expect(finding["severity"] == .string("warning"))
            #expect(finding["confidence"] == .string("high"))
            let pid = workload.processID
            #expect(
                finding["claim"]
                    == .string("workload \(pid) does not wait for its children: 25 zombies"))
            let next = try #require(finding["next"]).items
            #expect(next.first?["command"] == .string("dxtop stacks --pid \(pid)"))
        }
    }

    @Test func asTextEachFindingHasItsGrounds() async throws {
        try await Workload.run("fdleak", "--at-once", "1000", "--rate", "0") { workload in
            let outcome = try await run(
                .dxtop(
                    "watch", "findings", "--count", "1", "--pid", "\(workload.processID)",
                    "--interval", "0.3"))
            let lines = outcome.lines
            let head = try #require(
                lines.firstIndex { $0.hasPrefix("!  workload \(workload.processID) has ") })
            let labels = lines.dropFirst(head + 1).compactMap {
                $0.split(separator: " ").first.map(String.init)
            }
            #expect(labels.starts(with: ["why"]) && labels.contains("next"), "\(lines)")
        }
    }

    @Test func nothingIsFoundOfAProcessThatOnlySleeps() async throws {
        try await Workload.run("idle", "10") { workload in
            let outcome = try await run(
                .dxtop(
                    "watch", "findings", "--count", "2", "--pid", "\(workload.processID)",
                    "--interval", "0.3"))
            #expect(outcome.lines.contains("no findings"), "\(outcome)")
        }
    }
}
