package import History
import Samples
package import Units

extension History {
    /// For how long a thread has been hot without a break, up to a refresh (nil: the latest) and as
    /// far back as the recording reaches; zero if it is not hot then.
    package func duration(
        ofHeat thread: ThreadIdentity, threshold: Percent, until sequence: Int? = nil
    ) -> Duration {
        duration(of: thread, until: sequence) { $0.isHot(threshold) == true }
    }
}
