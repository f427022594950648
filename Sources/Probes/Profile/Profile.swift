package import Units

/// Where CPU time was spent, or memory grew: samples of call chains, counted by chain and thread.
package struct Profile: Hashable, Sendable {
    package var request: ProfileRequest
    package var method: Method
    /// For how long it has sampled.
    package var elapsed: Duration
    /// CPU time that the target used meanwhile, by its own clock; nil where that is not known.
    package var used: Duration?
    /// Samples that were taken, those without a call chain included.
    package var samples: Int
    /// Samples the kernel had to drop, because we did not read them in time.
    package var lost: Int
    /// Every function that was met; stacks refer to it by index.
    package var frames: [CodeFrame]
    package var stacks: [Stack]
    /// Whoever was met, those with the most samples first.
    package var threads: [Thread]
    /// What to know when reading it, a sentence each: "user functions only: ...".
    package var notes: [String]

    /// How the samples were taken.
    package enum Method: Hashable, Sendable {
        /// `perf_event_open(2)`, with what the kernel did in the thread's name, or without.
        case perfEvents(kernel: Bool)
        /// By stopping the thread for a moment each time, `ptrace(2)`.
        case stops
    }

    package struct Stack: Hashable, Sendable {
        /// Indices into `frames`, from the outermost caller to the function that was met.
        package var frames: [Int]
        /// Index into `threads`.
        package var thread: Int
        /// Samples; of page faults the pages, each of `pageSize`.
        package var count: Int

        package init(frames: [Int], thread: Int, count: Int) {
            self.frames = frames
            self.thread = thread
            self.count = count
        }
    }

    package struct Thread: Hashable, Sendable {
        package var process: ProcessID
        package var tid: ThreadID
        package var name: String
        package var samples: Int

        package init(process: ProcessID, tid: ThreadID, name: String, samples: Int) {
            self.process = process
            self.tid = tid
            self.name = name
            self.samples = samples
        }
    }

    package init(
        request: ProfileRequest, method: Method, elapsed: Duration = .zero, samples: Int = 0,
        lost: Int = 0, frames: [CodeFrame] = [], stacks: [Stack] = [], threads: [Thread] = [],
        notes: [String] = []
    ) {
        self.request = request
        self.method = method
        self.elapsed = elapsed
        self.samples = samples
        self.lost = lost
        self.frames = frames
        self.stacks = stacks
        self.threads = threads
        self.notes = notes
    }
}
