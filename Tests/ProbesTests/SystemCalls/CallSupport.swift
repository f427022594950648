import Glibc
import ProcSampling
import Synchronization
import SystemPackage
import Testing

@testable import Probes

/// What a count has reported by now, and how to end it.
final class CallLog: Sendable {
    let stop = StopSign()
    private let state = Mutex<(latest: SystemCallCount?, refusal: ProbeRefusal?)>((nil, nil))

    var latest: SystemCallCount? { state.withLock { $0.latest } }
    var refusal: ProbeRefusal? { state.withLock { $0.refusal } }

    /// How often a call was counted by now.
    func count(of name: String) -> Int { latest?[name]?.count ?? 0 }

    func run(_ probe: SystemCallProbe) {
        func take(_ count: SystemCallCount) { state.withLock { $0.latest = count } }
        do throws(ProbeRefusal) {
            take(try probe.run(until: stop, report: take))
        } catch {
            state.withLock { $0.refusal = error }
        }
    }
}

extension SystemCallCount {
    subscript(name: String) -> Call? { calls.first { $0.name == name } }
}

/// Runs the probe until `body` is done; its result is what it found in the end.
func counting(
    _ probe: SystemCallProbe, while body: @Sendable (CallLog) async throws -> Void
) async throws -> SystemCallCount {
    let log = CallLog()
    async let ended: Void = onOwnThread { log.run(probe) }
    do {
        _ = try await eventually("the first figures") {
            log.latest != nil || log.refusal != nil ? true : nil
        }
        if log.refusal == nil { try await body(log) }
    } catch {
        log.stop.raise()
        await ended
        throw error
    }
    log.stop.raise()
    await ended
    if let refusal = log.refusal { throw refusal }
    return try #require(log.latest)
}

extension SystemCallProbe {
    /// Collects for longer than any test takes.
    init(_ target: ProbeTarget, _ method: SystemCallRequest.Method = .best) {
        self.init(SystemCallRequest(target: target, seconds: 600, method: method))
    }

    /// As on a kernel that takes no programs of ours.
    var withoutPrograms: SystemCallProbe {
        var probe = self
        probe.usesPrograms = false
        return probe
    }
}

extension Workload {
    /// Lets `workload calls` make its rounds.
    func begin() throws { #expect(kill(try number("pid"), SIGUSR1) == 0) }
}

/// Waits until nobody traces the thread and it is not stopped.
func expectUntraced(_ target: ThreadTarget) async throws {
    _ = try await eventually("the target is let go") { () -> Bool? in
        guard let reading = TargetReading.read(target) else { return nil }
        return reading.tracer == nil && !reading.isHalted ? true : nil
    }
}
