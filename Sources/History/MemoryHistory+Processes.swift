internal import Samples
internal import Units

/// The curve of one process.
struct ProcessCurve: Sendable {
    let id: ProcessIdentity
    /// KiB when it was first seen, which may be long before it got a curve.
    let firstAmount: UInt64
    var curve: RecordedCurve
    /// The command line and user it was started with, as a hash: equal ones are equal. Nil until
    /// the command line was read.
    var program: Int?
    /// The process with the same program that ended before this one began.
    var predecessor: ProcessIdentity?

    /// What it counts when places are short; see `MemoryHistory`.
    func weight(at now: UInt64) -> UInt64 {
        let weight = Self.weight(of: curve.amount ?? 0, first: firstAmount)
        guard let end = curve.end else { return weight }
        return now - min(end, now) > end - min(curve.since, end) ? 0 : weight / 2
    }

    static func weight(of amount: UInt64, first: UInt64) -> UInt64 {
        amount &+ 8 &* (amount - min(first, amount))
    }
}

/// A process that is there, with a curve or without.
struct PresentProcess: Sendable {
    var id: ProcessIdentity
    /// Where `MemoryHistory.curves` has its curve; -1 for none.
    var place: Int32
    /// KiB when it was first seen.
    var firstAmount: UInt64?

    static let noPlace: Int32 = -1
}

extension MemoryHistory {
    static let leastAmount: UInt64 = 1024
    /// For how long a process is asked again what it runs: at first it may be the shell that
    /// becomes it.
    private static let youth: UInt64 = 60_000_000_000

    /// One without a curve that may get one.
    private struct Newcomer {
        var row: Int
        var sample: Int
        var amount: UInt64
        var weight: UInt64
    }

    /// Sets everyone's amount. Both the samples and those present are in order of pid: one pass
    /// finds who came, stayed and ended.
    mutating func record(_ samples: [ProcessSample]) {
        let leastWeight = curves.count < Self.mostCurves ? 0 : lightest.map { weight(needed: $0) }
        var newcomers: [Newcomer] = []
        var young: [(place: Int, program: Int)] = []
        swap(&present, &absent)
        present.removeAll(keepingCapacity: true)
        var old = 0
        for index in samples.indices where !samples[index].isKernelThread {
            let id = samples[index].id
            while old < absent.count, absent[old].id.pid < id.pid {
                end(absent[old])
                old += 1
            }
            let amount = (samples[index].memory?.undroppable?.rawValue).map { $0 / 1024 }
            var row = PresentProcess(id: id, place: PresentProcess.noPlace, firstAmount: amount)
            if old < absent.count, absent[old].id.pid == id.pid {
                if absent[old].id == id { row = absent[old] } else { end(absent[old]) }
                old += 1
            }
            if row.firstAmount == nil { row.firstAmount = amount }
            if row.place != PresentProcess.noPlace {
                let place = Int(row.place)
                if curves[place].curve.amount != amount {
                    change(place) { curve, now in curve.set(amount, at: now) }
                }
                if let program = newProgram(of: samples[index], at: place) {
                    young.append((place, program))
                }
            } else if let amount, amount >= Self.leastAmount {
                let weight = ProcessCurve.weight(of: amount, first: row.firstAmount ?? amount)
                if weight > leastWeight ?? 0 {
                    newcomers.append(
                        Newcomer(row: present.count, sample: index, amount: amount, weight: weight))
                }
            }
            // Where too many are there, how some grew before they have a curve is not known.
            if row.place != PresentProcess.noPlace || present.count < Self.mostPresent
                || newcomers.last?.row == present.count
            {
                present.append(row)
            }
        }
        for row in absent[old...] { end(row) }
        admit(newcomers, of: samples, young: &young)
        for (place, program) in young { connect(place, running: program) }
    }

    private mutating func end(_ row: PresentProcess) {
        guard row.place != PresentProcess.noPlace else { return }
        curves[Int(row.place)].curve.end = lastSeen.rawValue
    }

    // MARK: Who gets a place

    private mutating func admit(
        _ newcomers: [Newcomer], of samples: [ProcessSample],
        young: inout [(place: Int, program: Int)]
    ) {
        guard !newcomers.isEmpty else { return }
        var admitted: [Int] = []
        for newcomer in newcomers.sorted(by: { $0.weight > $1.weight }) {
            if curves.count >= Self.mostCurves {
                guard let least = lightest, newcomer.weight > weight(needed: least) else { break }
                remove(least)
            }
            present[newcomer.row].place = Int32(curves.count)
            places[present[newcomer.row].id] = curves.count
            curves.append(
                ProcessCurve(
                    id: present[newcomer.row].id,
                    firstAmount: present[newcomer.row].firstAmount ?? newcomer.amount,
                    curve: RecordedCurve(newcomer.amount, at: now)))
            admitted.append(newcomer.sample)
        }
        for sample in admitted {
            guard let place = places[samples[sample].id],
                let program = newProgram(of: samples[sample], at: place)
            else { continue }
            young.append((place, program))
        }
    }

    /// The one that matters least: of those of no weight the one that ended first.
    private var lightest: Int? {
        let now = now
        var least: (place: Int, weight: UInt64, end: UInt64)?
        for place in curves.indices {
            let weight = curves[place].weight(at: now)
            let end = curves[place].curve.end ?? .max
            if let least, (least.weight, least.end) <= (weight, end) { continue }
            least = (place, weight, end)
        }
        return least?.place
    }

    /// What a new one must exceed to take a place: two of nearly the same weight would take it from
    /// each other at every refresh, and lose their curves.
    private func weight(needed place: Int) -> UInt64 {
        let weight = curves[place].weight(at: now)
        return curves[place].curve.end == nil ? weight + weight / 8 : weight
    }

    /// Drops a curve. The last one moves to its place.
    mutating func remove(_ place: Int) {
        packedBytes -= curves[place].curve.byteCount
        let last = curves.count - 1
        move(place, to: nil)
        if last != place { move(last, to: place) }
        curves.swapAt(place, last)
        curves.removeLast()
    }

    /// Keeps up where a curve is found.
    private mutating func move(_ place: Int, to newPlace: Int?) {
        let id = curves[place].id
        if places[id] == place { places[id] = newPlace }
        guard let row = row(of: id), present[row].place == Int32(place) else { return }
        present[row].place = newPlace.map { Int32($0) } ?? PresentProcess.noPlace
    }

    private func row(of id: ProcessIdentity) -> Int? {
        var low = 0
        var high = present.count
        while low < high {
            let middle = (low + high) / 2
            if present[middle].id.pid < id.pid { low = middle + 1 } else { high = middle }
        }
        return low < present.count && present[low].id == id ? low : nil
    }

    /// Keeps within `mostPackedBytes`.
    mutating func limitBytes() {
        while packedBytes > mostPackedBytes {
            let now = now
            let average = packedBytes / curves.count
            // One that has nothing more to forget must not hold up everything.
            let place = curves.indices
                .filter { index in
                    let curve = curves[index].curve
                    return curve.byteCount >= average && curve.since < curve.end ?? now
                }
                .min { curves[$0].weight(at: now) < curves[$1].weight(at: now) }
            guard let place else { return }
            change(place) { curve, now in curve.forgetHalf(at: now) }
        }
    }

    // MARK: Restarts

    /// How long a service may be gone.
    private static let longestPause: UInt64 = 10 * 60 * 1_000_000_000
    /// A refresh takes so long, and start times count in hundredths of a second.
    private static let startError: UInt64 = 100_000_000

    /// What a process runs, where that was not known or has changed in its first minute.
    private func newProgram(of sample: ProcessSample, at place: Int) -> Int? {
        let known = curves[place].program
        guard let command = sample.command,
            known == nil || now - curves[place].curve.since < Self.youth
        else { return nil }
        var hasher = Hasher()
        hasher.combine(command)
        hasher.combine(sample.user)
        let program = hasher.finalize()
        return program == known ? nil : program
    }

    /// Finds whom a process continues: of those that ran the same and ended before it began, the
    /// latest.
    private mutating func connect(_ place: Int, running program: Int) {
        curves[place].program = program
        guard curves[place].predecessor == nil else { return }
        let start = Machine.current.nanoseconds(curves[place].id.startTime).rawValue
        let latest = curves.indices
            .filter { index in
                guard curves[index].program == program, let end = curves[index].curve.end
                else { return false }
                return end - min(start, end) <= Self.startError
                    && start - min(start, end) <= Self.longestPause
                    && !curves.contains { $0.predecessor == curves[index].id }
            }
            .max { curves[$0].curve.end ?? 0 < curves[$1].curve.end ?? 0 }
        curves[place].predecessor = latest.map { curves[$0].id }
    }
}
