package import ProcFormats
import Samples
import Units

/// Whose waiting to sample: where a thread is while it is not on a CPU.
package struct WaitRequest: Hashable, Sendable {
    package var target: ThreadTarget
    package var seconds: Int

    package static let usualSeconds = 5

    package init(target: ThreadTarget, seconds: Int = usualSeconds) {
        self.target = target
        self.seconds = seconds
    }
}

/// Where a thread was found, sample by sample; none of it stops the thread.
package struct WaitReading: Hashable, Sendable {
    package var request: WaitRequest
    package var elapsed: Duration
    /// Samples.
    package var samples: Int
    /// Where it was found most often, first. The counts add up to `samples`.
    package var sites: [Site]
    /// CPU time it used meanwhile, and the time it was runnable but waited for a CPU; `schedstat`.
    package var cpuTime: Duration?
    package var runDelay: Duration?
    /// What the figures mean, in a sentence: "asleep 98 % of the time in futex, ...".
    package var conclusion: String
    package var notes: [String]

    /// What a thread was found doing.
    package struct Site: Hashable, Sendable {
        package var activity: SiteActivity
        package var samples: Int
        /// The longest time that it was found here without a break, switches away and back not seen.
        package var longest: Duration
        /// Functions of the kernel it slept in, innermost first, in the latest sample that could read
        /// them; nil where that is not permitted.
        package var kernelStack: [String]?
        /// What it waits for, as it was in the latest sample: "0x7f3a40, with 3 others of this
        /// process: T4131 rdk:broker1, ..."; "fd 7, socket 10.0.3.7:8080 <- 10.9.1.4:51514".
        package var object: String?

        package init(
            activity: SiteActivity, samples: Int = 1, longest: Duration = .zero,
            kernelStack: [String]? = nil, object: String? = nil
        ) {
            self.activity = activity
            self.samples = samples
            self.longest = longest
            self.kernelStack = kernelStack
            self.object = object
        }
    }

    package enum SiteActivity: Hashable, Sendable {
        /// On a CPU, or waiting for one.
        case running
        /// Asleep in this system call, in this function of the kernel where it is known.
        case systemCall(String, waitChannel: String?)
        /// Asleep outside of any system call: a page fault, a signal stop. By its wait channel.
        case outside(waitChannel: String?)
        /// In this state, where neither may be read.
        case state(TaskState)
    }

    package init(
        request: WaitRequest, elapsed: Duration = .zero, samples: Int = 0, sites: [Site] = [],
        cpuTime: Duration? = nil, runDelay: Duration? = nil, conclusion: String = "",
        notes: [String] = []
    ) {
        self.request = request
        self.elapsed = elapsed
        self.samples = samples
        self.sites = sites
        self.cpuTime = cpuTime
        self.runDelay = runDelay
        self.conclusion = conclusion
        self.notes = notes
    }
}
