import Diagnosis
import History
import Samples
import Units

/// The hot threads of a sample, hottest first, and for how long the first has been hot.
///
/// Each key draws the screen anew, and the time goes back as far as the history: both are found once a
/// sample, and the time goes on from the sample before.
struct HotThreads: Sendable {
    let sequence: Int
    let threads: [HotThread]
    /// Zero where none is hot.
    let duration: Duration

    init(
        _ snapshot: Snapshot, history: History, threshold: Percent, after before: HotThreads? = nil
    ) {
        let sequence = snapshot.sequence
        self.sequence = sequence
        threads = HotThread.all(in: snapshot, threshold: threshold)
        guard let first = threads.first?.thread else {
            duration = .zero
            return
        }
        if let before, before.threads.first?.thread == first, let interval = snapshot.interval,
            let passed = history.time(from: before.sequence, to: sequence), passed <= interval
        {
            // No further back than what is kept: who looks there finds the same.
            let kept = history.sequences.flatMap { history.time(from: $0.lowerBound, to: sequence) }
            duration = min(before.duration + passed, kept ?? .zero)
        } else {
            duration = history.duration(ofHeat: first, threshold: threshold, until: sequence)
        }
    }
}

extension State {
    /// Brings them up to the latest sample while they are on the screen.
    mutating func noteHotThreads() {
        hotThreads = live.flatMap { live in
            place.view.showsFindings
                ? HotThreads(
                    live, history: history, threshold: settings.hotThreshold, after: hotThreads)
                : nil
        }
    }

    /// Those of what is shown.
    func hotThreads(of snapshot: Snapshot) -> HotThreads {
        if isLive, let hotThreads, hotThreads.sequence == snapshot.sequence { return hotThreads }
        return HotThreads(snapshot, history: history, threshold: settings.hotThreshold)
    }

    /// The first process whose threads take turns: none of them need be hot for it to be.
    func serialised(in snapshot: Snapshot) -> ProcessSample? {
        for finding in verdicts.findings where finding.kind == .serialised {
            if let process = finding.subject.process.flatMap(snapshot.process) { return process }
        }
        return nil
    }
}
