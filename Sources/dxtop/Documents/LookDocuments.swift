import Fields
import Probes
import ProcFormats
import ProcSampling
import Units

/// Which system calls a target made, as JSON; what was polled has shares and no counts.
struct SystemCallsDocument: Encodable {
    let count: SystemCallCount

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("schema", 1)
        try fields.write(count.request.target)
        try fields.write("method", count.method.rawValue)
        try fields.write("seconds", count.elapsed.rounded2)
        try fields.write("total", count.total)
        try fields.write("lost", count.lost)
        try fields.write("cpu_seconds", count.cpuTime?.rounded6)
        try fields.write("conclusion", count.conclusion)
        try fields.write("calls", count.calls.map { CallDocument(call: $0, count: count) })
        try fields.write("notes", count.notes)
        try fields.write("offers", count.offers.map(\.price))
    }

    private struct CallDocument: Encodable {
        let call: SystemCallCount.Call
        let count: SystemCallCount

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("name", call.name)
            try fields.write("count", call.count)
            try fields.write("per_second", count.rate(of: call.count)?.rawValue.rounded2)
            try fields.write("errors", call.errors)
            try fields.write("mean_microseconds", microseconds(call.meanTime))
            try fields.write("total_microseconds", microseconds(call.time))
            try fields.write("met_percent", call.pollShare?.rawValue.rounded2)
        }

        private func microseconds(_ time: Duration?) -> Double? {
            time.map { ($0 / .nanoseconds(10)).rounded() / 100 }
        }
    }
}

/// Where a thread waits, as JSON.
struct WaitsDocument: Encodable {
    let waits: WaitReading

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("schema", 1)
        try fields.write(.thread(waits.request.target))
        try fields.write("seconds", waits.elapsed.rounded2)
        try fields.write("looks", waits.looks)
        try fields.write("cpu_seconds", waits.cpuTime?.rounded6)
        try fields.write("run_delay_seconds", waits.runDelay?.rounded6)
        try fields.write("conclusion", waits.conclusion)
        try fields.write("places", waits.places.map { PlaceDocument(place: $0, waits: waits) })
        try fields.write("notes", waits.notes)
    }

    private struct PlaceDocument: Encodable {
        let place: WaitReading.Place
        let waits: WaitReading

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("percent", waits.share(of: place).rawValue.rounded2)
            try fields.write("looks", place.looks)
            try fields.write("running", place.activity == .running)
            try fields.write("system_call", systemCall)
            try fields.write("wait_channel", place.activity.waitChannel)
            try fields.write("state", state)
            try fields.write("longest_seconds", place.longest.rounded6)
            try fields.write("kernel_stack", place.kernelStack)
            try fields.write("object", place.object)
        }

        private var systemCall: String? {
            if case .systemCall(let name, _) = place.activity { name } else { nil }
        }

        /// Where nothing more may be known.
        private var state: String? {
            if case .state(let state) = place.activity { String(state.letter) } else { nil }
        }
    }
}

/// The stacks of a process's threads as JSON, frames from the function that a thread is in.
struct StacksDocument: Encodable {
    let listing: StackListing

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("schema", 1)
        try fields.write("pid", listing.request.process.pid.rawValue)
        try fields.write("stopped", listing.longestStop != nil)
        try fields.write(
            "longest_stop_microseconds",
            listing.longestStop.map { ($0 / .microseconds(1)).rounded() })
        try fields.write("missing", listing.missing)
        try fields.write("groups", listing.groups.map(GroupDocument.init))
        try fields.write("notes", listing.notes)
        try fields.write("offer", listing.offer?.price)
    }

    private struct GroupDocument: Encodable {
        let group: StackListing.Group

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("count", group.threads.count)
            try fields.write("frames", group.frames.map(FrameDocument.init))
            try fields.write("gap", group.gap)
            try fields.write("threads", group.threads.map(ThreadDocument.init))
        }
    }

    private struct FrameDocument: Encodable {
        let frame: CodeFrame

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write(frame)
        }
    }

    private struct ThreadDocument: Encodable {
        let thread: StackListing.Thread

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("tid", thread.id.tid.rawValue)
            try fields.write("name", thread.name)
            try fields.write("state", String(thread.state.letter))
        }
    }
}
