import ProcReading
import Samples
import SystemPackage
import Units

/// Samples the whole machine at a low rate, on a thread of its own, until it is stopped.
///
/// It costs an interrupt on each CPU for each sample, and the reading of symbols of programs that get
/// hot. Both are kept to `HotFunctions.mostCost`: the one by the rate, the other by waiting with new
/// symbols until they are affordable.
package final class HotFunctionSampling: Sendable {
    private let stopSign = StopSign()

    private init() {}

    /// Starts; `report` is called about once a second, from that thread. After a refusal it has ended.
    package static func start(
        report: @escaping @Sendable (HotFunctions) -> Void
    ) -> HotFunctionSampling {
        let sampling = HotFunctionSampling()
        // Symbols of large programs are read on this stack.
        let isStarted = DetachedThread.start(name: "dxtop:where", stackSize: 8 << 20) {
            sampling.run(report)
            FreedMemory.giveBack()
        }
        if !isStarted {
            let refusal = ProbeRefusal("the system has no thread to give", remedy: "try again")
            report(HotFunctions(frequency: 0, refusal: refusal))
        }
        return sampling
    }

    package func stop() { stopSign.raise() }

    private func run(_ report: (HotFunctions) -> Void) {
        var rate = SamplingRate(cpuCount: Machine.current.cpuCount)
        var finder = HotFunctionFinder()
        do throws(Errno) {
            while !stopSign.isRaised {
                let frequency = rate.frequency
                let rings = try Self.open(frequency)
                while !stopSign.wait(atMost: .seconds(1)), rate.frequency == frequency {
                    let functions = finder.take(from: rings, frequency: frequency) {
                        rate.hasCredit(after: CPUTime.ofThread)
                    }
                    rate.note(ownTime: CPUTime.ofThread, now: .now)
                    report(
                        HotFunctions(
                            functions: functions, cost: rate.cost, frequency: frequency))
                }
            }
        } catch {
            let refusal = PerfRefusal(error, in: .current()).refusal(of: .host)
            report(HotFunctions(frequency: 0, refusal: refusal))
        }
    }

    private static func open(_ frequency: Int) throws(Errno) -> SampleRings {
        var request = PerfRequest(.cpuClock)
        request.rate = .frequency(frequency)
        request.fields = [.instructionPointer, .thread]
        request.excludesKernel = true
        request.excludesIdle = true
        request.reportsMappings = true
        request.reportsNames = true
        let rings = try SampleRings(request, of: .host)
        try rings.enable()
        return rings
    }
}

/// How often to sample, so that it stays cheap.
struct SamplingRate {
    /// Samples a second and CPU.
    private(set) var frequency: Int
    /// Of one CPU, over the last ten seconds.
    private(set) var cost = Percent.zero
    private let cpuCount: Int
    private var last: (ownTime: Nanoseconds, now: ContinuousClock.Instant)?
    /// What was spent in the last seconds, and how long they were, since the rate is what it is.
    private var spendings: [(time: Duration, elapsed: Duration)] = []
    /// Time that may be spent at once on what is not needed each second. It comes back as fast as
    /// `mostCost` allows.
    private var credit = mostCredit

    /// An odd number, so as not to beat with what happens at round ones.
    static let mostFrequency = 47
    static let leastFrequency = 3
    /// What an interrupt takes on a CPU that sleeps or computes: 3 to 15 us were measured in virtual
    /// machines, less on bare metal.
    static let interruptTime = Duration.microseconds(5)
    private static let secondsOfCost = 10
    private static let mostCredit = Duration.milliseconds(500)
    /// One huge program is to cost the names of the others a minute, not an hour.
    private static let leastCredit = Duration.milliseconds(-500)

    /// Begins with what costs half of what is allowed.
    init(cpuCount: Int) {
        self.cpuCount = cpuCount
        let share = Double(HotFunctions.mostCost.rawValue) / 100 / 2
        let affordable = share / (Double(cpuCount) * (Self.interruptTime / .seconds(1)))
        frequency = max(Self.leastFrequency, min(Self.mostFrequency, Int(affordable)))
    }

    /// Whether symbols of programs that got hot may be read now.
    ///
    /// - Parameter ownTime: what our thread has used so far.
    func hasCredit(after ownTime: Nanoseconds) -> Bool {
        credit > last.map { Duration(ownTime.since($0.ownTime)) } ?? .zero
    }

    /// Takes what our thread has used so far; once a second.
    mutating func note(ownTime: Nanoseconds, now: ContinuousClock.Instant) {
        defer { last = (ownTime, now) }
        guard let last, now > last.now else { return }
        let elapsed = now - last.now
        let own = Duration(ownTime.since(last.ownTime))
        let interrupts = Self.interruptTime * (frequency * cpuCount) * (elapsed / .seconds(1))
        let allowed = elapsed * (Double(HotFunctions.mostCost.rawValue) / 100)
        credit = max(Self.leastCredit, min(Self.mostCredit, credit + allowed - own - interrupts))
        spendings.append((own + interrupts, elapsed))
        let spent = spendings.reduce(Duration.zero) { $0 + $1.time }
        let time = spendings.reduce(Duration.zero) { $0 + $1.elapsed }
        cost = Percent(100 * (spent / time))
        guard spendings.count == Self.secondsOfCost else { return }
        spendings.removeFirst()
        adjust()
    }

    private mutating func adjust() {
        let share = cost.rawValue / HotFunctions.mostCost.rawValue
        let before = frequency
        if share > 1 {
            frequency = max(Self.leastFrequency, frequency / 2)
        } else if share < 0.3 {
            frequency = min(Self.mostFrequency, frequency + max(1, frequency / 4))
        }
        if frequency != before { spendings = [] }
    }
}
