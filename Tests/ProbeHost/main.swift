/// Traces a thread until it is killed, to see what becomes of the thread: `probe-host PID TID`.

import Glibc
import ProcFormats
import ProcSampling
import Probes
import Units

let numbers = CommandLine.arguments.dropFirst().compactMap { Int32($0) }
guard numbers.count == 2 else { exit(2) }

let unknown = ThreadTarget(
    process: ProcessIdentity(pid: ProcessID(numbers[0]), startTime: ClockTicks(0)),
    thread: ThreadIdentity(tid: ThreadID(numbers[1]), startTime: ClockTicks(0)))
guard let reading = TargetReading.read(unknown) else { exit(1) }
let target = ThreadTarget(
    process: unknown.process,
    thread: ThreadIdentity(tid: unknown.thread.tid, startTime: reading.startTime))
let request = SystemCallRequest(target: .thread(target), seconds: 600, method: .traced)

do throws(ProbeRefusal) {
    _ = try request.run(until: StopSign()) { _ in print("tracing", to: &standardError) }
} catch {
    print(error.reason, to: &standardError)
    exit(1)
}

struct StandardError: TextOutputStream {
    mutating func write(_ text: String) { _ = text.withCString { Glibc.write(2, $0, strlen($0)) } }
}
var standardError = StandardError()
