package import ProcSampling

/// The thread a tool looks at.
package struct ToolTarget: Sendable, Hashable {
    package let process: ProcessIdentity
    package let thread: ThreadIdentity

    package init(process: ProcessIdentity, thread: ThreadIdentity) {
        self.process = process
        self.thread = thread
    }
}

/// What a running tool has to say, in order; the last one is `finished`.
package enum ToolEvent: Sendable {
    /// This argument vector runs now.
    case started(command: [String])
    /// A piece of what it printed (standard output and error), as the bytes came.
    case output([UInt8])
    case finished(ToolOutcome)
}

/// How a tool ended, and how it left its target.
package struct ToolOutcome: Sendable, Hashable {
    package enum Ending: Sendable, Hashable {
        /// It did its work, or its time was over.
        case done
        /// The user stopped it.
        case stopped
        /// It did not start or did not work: why, and what would help.
        case failed(reason: String, remedy: String?)
    }

    package var ending: Ending
    /// What was measured of the target afterwards: "T4127 runs on, untraced".
    package var targetAfterwards: String
    /// A sentence for a result that says nothing: "0 system calls in 10 s".
    package var silence: String?

    package init(ending: Ending, targetAfterwards: String, silence: String? = nil) {
        self.ending = ending
        self.targetAfterwards = targetAfterwards
        self.silence = silence
    }
}
