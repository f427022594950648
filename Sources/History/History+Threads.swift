package import Samples
package import Units

extension History {
    /// One thread at one recorded refresh.
    package struct ThreadMoment: Sendable {
        /// The time its rates are over.
        package var interval: Duration
        /// Nil where it has no row: it used no CPU, or others used more.
        package var thread: ThreadSample?
    }

    /// A thread at the refreshes between two times before the latest one, oldest first. That of
    /// `start` is left out and that of `end` is in it, so that those of a span cover all of it. The
    /// first refresh of all has no rates and is none of them.
    ///
    /// - Complexity: O(refreshes × rows), and next to nothing for a thread that is among the hottest.
    package func moments(
        of thread: ThreadIdentity, from start: Duration, to end: Duration = .zero
    ) -> [ThreadMoment] {
        guard let last = moments.last else { return [] }
        let (start, end) = (start.inNanoseconds, end.inNanoseconds)
        var found: [ThreadMoment] = []
        for moment in moments.reversed() {
            let before = last.age.since(moment.age)
            guard before < start else { break }
            guard before >= end, let interval = moment.interval else { continue }
            let sample = moment.threads.first { threads[$0.subject].id == thread }.map {
                $0.sample(of: threads[$0.subject], channels: channels)
            }
            found.append(ThreadMoment(interval: Duration(interval), thread: sample))
        }
        return found.reversed()
    }
}
