import ProcFormats
import Samples
import Units

/// Stacks of threads as they come in, equal ones together.
struct StackGroups {
    private struct Stack: Hashable {
        var frames: [CodeFrame]
        var gap: String?
    }

    private var threads: [Stack: [StackListing.Thread]] = [:]
    /// Threads that ended before they could be read, or for which there was no time.
    var missing = 0
    /// Threads that ran, whose stacks the kernel sampled.
    var sampled = 0

    mutating func add(_ thread: StackListing.Thread, _ frames: [CodeFrame], gap: String?) {
        threads[Stack(frames: frames, gap: gap), default: []].append(thread)
    }

    /// Stacks in which a frame is a guess.
    var guessed: Int {
        threads.reduce(0) { sum, group in
            group.key.frames.contains(where: \.isGuessed) ? sum + group.value.count : sum
        }
    }

    var count: Int { threads.reduce(0) { $0 + $1.value.count } }

    /// Threads whose stack is missing because of this.
    func count(gap: String) -> Int { threads[Stack(frames: [], gap: gap)]?.count ?? 0 }

    /// By size, those of equal size by the lowest number among their threads.
    func listing(for request: StacksRequest) -> StackListing {
        var listing = StackListing(request: request, missing: missing)
        listing.groups = threads.map { stack, threads in
            StackListing.Group(
                frames: stack.frames, threads: threads.sorted { $0.id.tid < $1.id.tid },
                gap: stack.gap)
        }
        listing.groups.sort {
            ($1.threads.count, $0.threads[0].id.tid) < ($0.threads.count, $1.threads[0].id.tid)
        }
        return listing
    }
}
