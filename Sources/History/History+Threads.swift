internal import DequeModule
package import Samples
package import Units

extension History {
    /// One thread at one recorded refresh.
    package struct ThreadMoment: Sendable {
        /// The time its rates are over.
        package var interval: Duration
        /// Nil where it used no CPU, or has no row.
        package var thread: ThreadSample?
    }

    /// A thread at the refreshes between two times before the latest one, oldest first. That of
    /// `start` is left out and that of `end` is in it, so that those of a span cover all of it. The
    /// first refresh of all has no rates and is none of them.
    ///
    /// - Complexity: O(refreshes × log(rows)).
    package func moments(
        of thread: ThreadIdentity, from start: Duration, to end: Duration = .zero
    ) -> [ThreadMoment] {
        let first = lastIndex(aged: start.inNanoseconds).map { $0 + 1 } ?? 0
        let final = lastIndex(aged: end.inNanoseconds) ?? -1
        guard first <= final else { return [] }
        let rows = rows(of: thread, in: first..<final + 1)
        return zip(first...final, rows).compactMap { index, row in
            guard let interval = moments[index].interval else { return nil }
            return ThreadMoment(
                interval: Duration(interval), thread: row.flatMap { $0.cpu == .zero ? nil : $0 })
        }
    }

    /// A thread at the moments of a range, nil where it has no row.
    func rows(of thread: ThreadIdentity, in range: Range<Int>) -> [ThreadSample?] {
        // What it belongs to does not matter for where it is.
        let subject = ThreadSubject(id: thread, process: ProcessID(0))
        guard let known = threads.subject(like: subject) else {
            return Array(repeating: nil, count: range.count)
        }
        return threads.rows(of: known, in: range).map {
            $0?.sample(of: known, names: threads.details)
        }
    }

    /// The same as it is kept: whoever wants one figure need not unpack all.
    func threadRows(of thread: ThreadIdentity, in range: Range<Int>) -> [RecordedThreadRow?] {
        threads.rows(of: ThreadSubject(id: thread, process: ProcessID(0)), in: range)
    }
}
