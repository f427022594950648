import Samples
import Units

extension Profile: ProbeReading {
    package var report: Report {
        let tree = Lazy { CallTree(self) }
        return Report(
            title: title, conclusion: summary, method: methodText, notes: notes, offers: [],
            tables: [functionTable(tree), callTable(tree), threadTable],
            furtherText: { [headline()].filter { !$0.isEmpty } }, document: { document })
    }

    package func part(_ part: ReportPart) -> (any ProbeReading)? {
        threads.firstIndex { $0.tid == part.thread }.map(of(thread:))
    }

    package var remark: ReportRemark? {
        guard case .thread(let target) = request.target, case .cpuClock = request.event else {
            return nil
        }
        return ReportRemark(
            .profile, of: target.thread, text: "\(samples) samples: \(headline())",
            detail: heaviestChain)
    }

    private var methodText: String {
        switch method {
        case .perfEvents where countsPages: "page faults, by perf events"
        case .perfEvents(kernel: true): "by perf events, user and kernel"
        case .perfEvents(kernel: false): "by perf events, user functions only"
        case .stops: "by stopping the thread each time"
        }
    }

    /// The call chain with the most samples, as flame graphs fold it.
    private var heaviestChain: String? {
        guard let stack = stacks.max(by: { $0.count < $1.count }) else { return nil }
        let names = stack.frames.map { frames[$0].name }
        return names.joined(separator: ";") + "  \(Percent(stack.count, of: weight).text)%"
    }

    // MARK: Tables

    private func functionTable(_ tree: Lazy<CallTree>) -> ReportTable {
        var table = ReportTable(.functions) { _ in
            functionShares.map { share in
                ReportRow(
                    id: "f\(share.number)", cells: FunctionRow.fields.cells(of: share))
            }
        }
        if countsPages { table.heads = [FunctionRow.count: "MEMORY"] }
        table.grounds = { row in
            Self.number(ofRow: row, "f").flatMap(heaviestChain(through:)).map { [$0] } ?? []
        }
        table.open = { row in
            Self.number(ofRow: row, "f").map {
                .show(.callTree, way: tree.value.way(toFrame: $0))
            }
        }
        return table
    }

    private func callTable(_ tree: Lazy<CallTree>) -> ReportTable {
        var table = ReportTable(.callTree) { tree.value.rows(of: self, $0) }
        if countsPages { table.heads = [FunctionRow.count: "MEMORY"] }
        table.open = { _ in .fold }
        table.block = ReportBlock(head: "CALLS, callers first; from 5 % on") { _ in
            tree.value.lines(of: self)
        }
        return table
    }

    private var threadTable: ReportTable {
        var table = ReportTable(.sampledThreads) { _ in
            sampledThreads.map {
                ReportRow(id: "t\($0.thread.tid)", cells: SampledThreadRow.fields.cells(of: $0))
            }
        }
        if countsPages { table.heads = [FunctionRow.count: "MEMORY"] }
        table.open = { row in
            Self.number(ofRow: row, "t").map {
                .part(ReportPart(thread: ThreadID(Int32(clamping: $0))), .functions)
            }
        }
        table.isInText = threads.count > 1
        return table
    }

    private static func number(ofRow id: String, _ prefix: String) -> Int? {
        id.hasPrefix(prefix) ? Int(id.dropFirst(prefix.count)) : nil
    }

    /// Every function that was met, the one with the most of its own first.
    private var functionShares: [FunctionRow] {
        let weight = weight
        return functions.map {
            FunctionRow(
                $0.frame, in: self, own: $0.selfCount, total: $0.totalCount, weight: weight)
        }
    }

    private var sampledThreads: [SampledThreadRow] {
        var pages = [Int](repeating: 0, count: threads.count)
        var own = [[Int: Int]](repeating: [:], count: threads.count)
        for stack in stacks {
            pages[stack.thread] += stack.count
            if let frame = stack.frames.last { own[stack.thread][frame, default: 0] += stack.count }
        }
        let (weight, isOfPages) = (weight, countsPages)
        return threads.enumerated().map { index, thread in
            let hottest = own[index].max { ($0.value, $1.key) < ($1.value, $0.key) }
            return SampledThreadRow(
                thread: thread, count: isOfPages ? pages[index] : thread.samples, weight: weight,
                isOfPages: isOfPages,
                hottest: thread.samples < SampledThreadRow.leastSamples
                    ? nil : hottest.map { (frames[$0.key], $0.value) })
        }
    }

    /// Who called a function in most of its samples, from the outermost on: for one row at a time,
    /// since all stacks are gone through.
    func heaviestChain(through frame: Int) -> String? {
        var chains: [ArraySlice<Int>: Int] = [:]
        for stack in stacks {
            guard let place = stack.frames.lastIndex(of: frame) else { continue }
            chains[stack.frames[...place], default: 0] += stack.count
        }
        let heaviest = chains.max { a, b in
            (a.value, b.key.count, b.key.last ?? 0) < (b.value, a.key.count, a.key.last ?? 0)
        }
        return heaviest.map { chain, count in
            let names = chain.map { frames[$0].label }.joined(separator: " > ")
            return "called as  \(names)  \(Percent(count, of: weight).text)%"
        }
    }

    // MARK: JSON

    private var document: JSONValue {
        let page = countsPages ? Machine.current.units.pageSize.rawValue : nil
        var fields: [String: JSONValue] = [
            "schema": .integer(1), "event": .text(countsPages ? "page_faults" : "cpu_clock"),
            "frequency": JSONValue(frequency), "seconds": .number(elapsed.seconds2),
            "method": .text(method == .stops ? "stops" : "perf_events"),
            "kernel": .flag(method == .perfEvents(kernel: true)), "samples": JSONValue(samples),
            "lost": JSONValue(lost), "page_bytes": JSONValue(page), "notes": JSONValue(notes),
        ]
        fields["functions"] = .list(
            functionShares.map { .object(FunctionRow.fields.json(of: $0)) })
        fields["threads"] = .list(
            sampledThreads.map { .object(SampledThreadRow.fields.json(of: $0)) })
        fields["stacks"] = .list(stacks.map { json(of: $0, pageBytes: page) })
        return .object(fields.merging(request.target.json) { own, _ in own })
    }

    private var frequency: Int? {
        if case .cpuClock(let frequency) = request.event { frequency } else { nil }
    }

    /// Functions from the outermost caller on.
    ///
    /// - Parameter pageBytes: nil where samples are counted, not pages.
    private func json(of stack: Stack, pageBytes: UInt64?) -> JSONValue {
        .object([
            "frames": JSONValue(stack.frames.map { frames[$0].name }),
            "tid": JSONValue(threads[stack.thread].tid.rawValue),
            "samples": JSONValue(pageBytes == nil ? stack.count : nil),
            "bytes": JSONValue(pageBytes.map { $0 * UInt64(clamping: stack.count) }),
        ])
    }
}
