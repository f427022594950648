package import ProcFormats
import Samples
import Units

/// Whose waiting to look at: where a thread is while it is not on a CPU.
package struct WaitRequest: Hashable, Sendable {
    package var target: ThreadTarget
    package var seconds: Int

    package static let usualSeconds = 5

    package init(target: ThreadTarget, seconds: Int = usualSeconds) {
        self.target = target
        self.seconds = seconds
    }
}

/// Where a thread was found, look by look; nothing of it stops the thread.
package struct WaitReading: Hashable, Sendable {
    package var request: WaitRequest
    package var elapsed: Duration
    package var looks: Int
    /// Where it was found most often, first. The counts add up to `looks`.
    package var places: [Place]
    /// CPU time it used meanwhile, and the time it was runnable but waited for a CPU; `schedstat`.
    package var cpuTime: Duration?
    package var runDelay: Duration?
    /// What the figures mean, in a sentence: "asleep 98 % of the time in futex, ...".
    package var conclusion: String
    package var notes: [String]

    /// What a thread was found doing.
    package struct Place: Hashable, Sendable {
        package var activity: PlaceActivity
        package var looks: Int
        /// The longest time that it was found here without a break, switches away and back not seen.
        package var longest: Duration
        /// Functions of the kernel it slept in, innermost first, at the latest look that could read
        /// them; nil where that is not permitted.
        package var kernelStack: [String]?
        /// What it waits for, as it was at the latest look: "0x7f3a40, with 3 others of this
        /// process: T4131 rdk:broker1, ..."; "fd 7, socket 10.0.3.7:8080 <- 10.9.1.4:51514".
        package var object: String?

        package init(
            activity: PlaceActivity, looks: Int = 1, longest: Duration = .zero,
            kernelStack: [String]? = nil, object: String? = nil
        ) {
            self.activity = activity
            self.looks = looks
            self.longest = longest
            self.kernelStack = kernelStack
            self.object = object
        }
    }

    package enum PlaceActivity: Hashable, Sendable {
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
        request: WaitRequest, elapsed: Duration = .zero, looks: Int = 0, places: [Place] = [],
        cpuTime: Duration? = nil, runDelay: Duration? = nil, conclusion: String = "",
        notes: [String] = []
    ) {
        self.request = request
        self.elapsed = elapsed
        self.looks = looks
        self.places = places
        self.cpuTime = cpuTime
        self.runDelay = runDelay
        self.conclusion = conclusion
        self.notes = notes
    }
}
