import ProcSampling
import TestSupport
import Units

/// A sender, a receive buffer and a reader, step by step, sampled every 10 ms for 5 s.
///
/// What was read is given back to the buffer as the kernel does it: a quarter of the buffer at a
/// time, or when the queue is empty, while the queue is told without it; `udp_rmem_release`.
struct MadeReader {
    enum Kind: String, CaseIterable {
        case healthy, slow, slowBatches, stalled, stopping, pauses, bursts, turns
    }

    var buffer = 212_992
    var costs = [2304]
    /// Datagrams a second.
    var arrivals = 2000.0
    /// If they come in bursts: how many of them and how far apart, in seconds, on average.
    var burst: (size: Double, gap: Double)?
    /// Datagrams a second that the reader can read.
    var capacity = 20_000.0
    /// It turns to the queue only every so often, in seconds.
    var turn = 0.0
    /// It stays away for so long, so long apart, in seconds.
    var pause: (length: Double, gap: Double)?
    /// When it reads for the last time.
    var end = Double.infinity
    var isFullAtFirst = false

    private static let step = 0.001
    private static let samples = 500

    init(_ kind: Kind, using random: inout SeededRandom) {
        func any(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
        let cost = [832, 1280, 2304].randomElement(using: &random) ?? 832
        costs = any(0...1) < 0.8 ? [cost] : [832, 1280, 2304]
        buffer = [131_072, 212_992, 425_984, 1_048_576].randomElement(using: &random) ?? 212_992
        let mean = Double(costs.reduce(0, +)) / Double(costs.count)
        let room = Double(buffer) / mean
        arrivals = any(500...8000)
        capacity = arrivals * any(3...10)
        switch kind {
        case .healthy:
            if any(0...1) < 0.5 { burst = (room * any(0.1...0.5), 0) }
        case .slow:
            // What overflows within the time is slow; a little too much takes a while to show.
            capacity = arrivals * any(0.2...0.85)
            isFullAtFirst = true
        case .slowBatches:
            capacity = arrivals * any(0.2...0.85)
            turn = 0.15 * room / capacity
            isFullAtFirst = true
        case .stalled:
            end = 0
            isFullAtFirst = true
        case .stopping:
            arrivals = room * any(1.5...8)
            capacity = arrivals * 5
            end = any(0...1.5)
        case .pauses:
            let length = any(0.2...0.6)
            pause = (length, any(0.5...1.5))
            arrivals = room / length / any(0.2...0.7)
            capacity = arrivals * any(3...10)
        case .bursts:
            buffer = [16_384, 32_768, 65_536, 131_072].randomElement(using: &random) ?? 16_384
            let size = Double(buffer) / mean * any(2...5)
            let gap = any(0.05...0.2)
            burst = (size, gap)
            arrivals = size / gap
            capacity = arrivals * any(2...4)
        case .turns:
            buffer = [16_384, 32_768, 65_536].randomElement(using: &random) ?? 16_384
            turn = any(0.02...0.05)
            arrivals = Double(buffer) / mean / turn * any(1.5...4)
            capacity = arrivals * 10
        }
        if let known = burst, known.gap == 0 { burst = (known.size, known.size / arrivals) }
    }

    /// - Returns: what was seen of it.
    func run(using random: inout SeededRandom) -> QueueBurst {
        var queue: [Int] = []
        var charged = 0
        var deficit = 0
        var lost: UInt64 = 0
        var seen: [UInt32] = []
        var credit = (arrivals: 0.0, reads: 0.0)
        var nextBurst = burst.map { Double.random(in: 0...$0.gap, using: &random) } ?? .infinity
        var nextPause = pause.map { Double.random(in: 0...$0.gap, using: &random) } ?? .infinity
        var nextTurn = 0.0
        var away = 0.0
        func arrive(_ random: inout SeededRandom) {
            let cost = costs.randomElement(using: &random) ?? 832
            if charged + cost > buffer {
                lost += 1
            } else {
                charged += cost
                queue.append(cost)
            }
        }
        while isFullAtFirst, lost == 0 { arrive(&random) }
        lost = 0
        let steps = Int(0.01 / Self.step)
        for step in 0..<steps * Self.samples {
            let time = Double(step) * Self.step
            if burst == nil {
                credit.arrivals += arrivals * Self.step * .random(in: 0...2, using: &random)
            } else if time >= nextBurst, let burst {
                credit.arrivals += burst.size * .random(in: 0.7...1.3, using: &random)
                nextBurst += burst.gap * .random(in: 0.7...1.3, using: &random)
            }
            if time >= nextPause, let pause {
                away = time + pause.length
                nextPause = away + pause.gap * .random(in: 0.7...1.3, using: &random)
            }
            while credit.arrivals >= 1 {
                credit.arrivals -= 1
                arrive(&random)
            }
            credit.reads += capacity * Self.step
            let isItsTurn = turn == 0 || time >= nextTurn
            if isItsTurn { nextTurn = time + turn * .random(in: 0.8...1.2, using: &random) }
            if time >= end || time < away {
                credit.reads = 0
            } else if isItsTurn {
                var count = 0
                while credit.reads >= 1, count < queue.count {
                    credit.reads -= 1
                    deficit += queue[count]
                    count += 1
                    if deficit > buffer / 4 || count == queue.count {
                        charged -= deficit
                        deficit = 0
                    }
                }
                queue.removeFirst(count)
                if queue.isEmpty { credit.reads = 0 }
            }
            if step % steps == steps - 1 { seen.append(UInt32(charged - deficit)) }
        }
        return QueueBurst(
            socket: SocketID(namespace: NamespaceID(1), cookie: 1), duration: .seconds(5),
            isComplete: true, queue: seen, buffer: ByteCount(UInt64(buffer)), dropped: lost)
    }
}
