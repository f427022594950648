import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// Kernel threads that never rest.
struct KernelThreadBusyTests {
    private func said(
        _ name: String, system: Double = 99, delay: Double = 0, nice: Int = 0, seconds: Int = 11
    ) -> Finding? {
        var machine = MadeMachine()
        let thread = MadeThread(number: 60).with {
            ($0.name, $0.user, $0.system) = (name, 0, system)
        }
        machine.run(
            seconds: seconds, [thread],
            process: { process in
                process.isKernelThread = true
                process.name = name
                process.cpu = Percent(system)
                process.runDelay = Percent(delay)
                process.nice = nice
            })
        return machine.finding(.kernelThreadBusy)
    }

    @Test func whoDoesNotKeepUpIsAWarning() throws {
        let finding = try #require(said("ksoftirqd/1"))
        #expect(finding.severity == .warning && finding.confidence == .medium)
        #expect(
            finding.claim
                == "kernel thread ksoftirqd/1 2214 keeps a CPU busy: it takes network packets and"
                + " other soft interrupts")
        #expect(
            finding.evidence == ["99.0 % of a CPU used or waited for over 10s, now 99.0 % used"])
    }

    @Test(arguments: [
        ("napi/eth0-8193", "takes packets of eth0"),
        ("napi/br-0123abc", "takes packets"), ("napi/;id-8193", "takes packets"),
        ("irq/24-nvme0q1", "serves interrupt 24 of nvme0q1"),
        ("khugepaged", "makes large pages of small ones"),
        ("ksmd", "merges pages that are the same"),
        ("kswapd0", "frees memory"),
    ]) func itsNameTellsItsTask(name: String, task: String) throws {
        let finding = try #require(said(name))
        #expect(finding.severity == .warning)
        #expect(finding.claim.hasSuffix(" keeps a CPU busy: it \(task)"))
    }

    @Test(arguments: [
        ("kworker/u4:1-loop0", "does the work of the queue loop0"),
        ("kworker/0:1H", "does the work of a queue of the kernel"),
        ("jbd2/sda1-8", "writes the journal of a file system"),
    ]) func whatMayBeItsWorkIsInformation(name: String, task: String) throws {
        let finding = try #require(said(name))
        #expect(finding.severity == .info)
        #expect(finding.claim.hasSuffix(" keeps a CPU busy: it \(task)"))
    }

    @Test func oneWithAnUnknownNameIsToldAsWell() throws {
        #expect(try #require(said("xyzd")).claim == "kernel thread xyzd 2214 keeps a CPU busy")
    }

    @Test func whoRestsIsNotNamed() {
        #expect(said("kswapd0", system: 80) == nil)
        #expect(said("kswapd0", seconds: 9) == nil)
    }

    @Test func whoWaitsForACPUDoesNotKeepOneBusy() {
        #expect(said("kswapd0", system: 40, delay: 59) == nil)
        #expect(said("kswapd0", system: 60, delay: 39) != nil)
        #expect(said("khugepaged", system: 60, delay: 39, nice: 19) == nil)
    }
}
