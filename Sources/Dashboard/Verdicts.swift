package import Diagnosis
package import Probes

extension Verdicts {
    /// Threads whose system calls should be counted, so that findings of them are surer; the most
    /// urgent first.
    package var threadsToCount: [ThreadTarget] {
        uncounted.map { ThreadTarget(process: $0.process, thread: $0.thread) }
    }
}
