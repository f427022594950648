package import ProcFormats
import Samples
package import Units

/// Whose stacks to list, and how.
package struct StacksRequest: Hashable, Sendable {
    package var process: ProcessIdentity
    package var method: Method

    package enum Method: Hashable, Sendable {
        /// Registers of sleeping threads as the kernel tells them, their stacks read from outside;
        /// threads that run are sampled. Nothing is stopped.
        case withoutStopping
        /// Each thread is stopped for a moment, `ptrace(2)`: a person agreed to that.
        case stopping
    }

    package init(process: ProcessIdentity, method: Method = .withoutStopping) {
        self.process = process
        self.method = method
    }
}

/// The stack of every thread of a process, once; threads with equal stacks together.
package struct StackListing: Hashable, Sendable {
    package var request: StacksRequest
    /// Those with the most threads first.
    package var groups: [Group]
    /// How long the longest stop of a thread was; nil if none was stopped.
    package var longestStop: Duration?
    /// Threads that ended meanwhile, or could not be read.
    package var missing: Int
    package var notes: [String]
    /// The way that stops the threads, where this one left gaps.
    package var offer: ProbeOffer?

    package struct Group: Hashable, Sendable {
        /// From the function that was met to the outermost caller, the kernel's own first.
        package var frames: [CodeFrame]
        package var threads: [Thread]
        /// Why the stack ends too early, or is missing; nil where it is whole.
        package var gap: String?

        package init(frames: [CodeFrame], threads: [Thread], gap: String? = nil) {
            self.frames = frames
            self.threads = threads
            self.gap = gap
        }
    }

    package struct Thread: Hashable, Sendable {
        package var id: ThreadIdentity
        package var name: String
        package var state: TaskState

        package init(id: ThreadIdentity, name: String, state: TaskState) {
            self.id = id
            self.name = name
            self.state = state
        }
    }

    package init(
        request: StacksRequest, groups: [Group] = [], longestStop: Duration? = nil,
        missing: Int = 0, notes: [String] = [], offer: ProbeOffer? = nil
    ) {
        self.request = request
        self.groups = groups
        self.longestStop = longestStop
        self.missing = missing
        self.notes = notes
        self.offer = offer
    }
}
