import ProcFormats
import ProcReading
import SystemPackage
import Units

/// Tells where a thread is, sample by sample, and what it waits for there.
final class WaitSites {
    private let files: TaskHandle
    private let objects: WaitObjects
    /// False once it was denied.
    private(set) var mayReadCalls = true
    private(set) var mayReadKernelStacks = true
    /// When what costs more than a sample is read again, by site.
    private var due: [Site.Kind: ContinuousClock.Instant] = [:]

    private static let detailPeriod = Duration.seconds(1)
    /// Reading the details may cost one part in so many.
    private static let costShare = 50

    init(of files: TaskHandle) {
        self.files = files
        objects = WaitObjects(files)
    }

    /// Where it was in one sample.
    struct Site {
        var kind: Kind
        /// What was read now, if it was.
        var kernelStack: [String]?
        var object: String?

        /// What makes it another site.
        struct Kind: Hashable {
            var activity: WaitReading.SiteActivity
            /// A file's descriptor or an address, as the call's first argument tells it.
            var argument: UInt64?
        }
    }

    /// Nil when it is gone.
    func sample(at now: ContinuousClock.Instant) -> Site? {
        guard mayReadCalls else { return pollState() }
        do throws(Errno) {
            let (syscall, channel) = try syscallAndChannel()
            if syscall.record == .running { return Site(kind: Site.Kind(activity: .running)) }
            var kind = Site.Kind(activity: .outside(waitChannel: channel))
            if let call = syscall.call {
                kind.activity = .systemCall(call, waitChannel: channel)
                kind.argument = objects.argument(of: call, syscall)
            }
            return detailed(Site(kind: kind), syscall, at: now)
        } catch {
            if error.isVanished { return nil }
            mayReadCalls = false
            return pollState()
        }
    }

    /// Both of one moment, as far as that can be had.
    private func syscallAndChannel() throws(Errno) -> (TaskSyscall, String?) {
        var syscall = try files.syscall()
        for _ in 0..<3 where syscall.record != .running {
            let channel = files.waitChannel
            let now = try files.syscall()
            if now == syscall { return (syscall, channel) }
            syscall = now
        }
        return (syscall, nil)
    }

    /// What everybody may know.
    private func pollState() -> Site? {
        guard let (stat, _) = files.listed else { return nil }
        guard stat.state != .running else { return Site(kind: Site.Kind(activity: .running)) }
        var site = Site(kind: Site.Kind(activity: .state(stat.state)))
        site.object = files.waitChannel.map { "in the kernel's \($0)" }
        return site
    }

    private func detailed(
        _ site: Site, _ reading: TaskSyscall, at now: ContinuousClock.Instant
    ) -> Site {
        if let due = due[site.kind], now < due { return site }
        var site = site
        site.object = objects.object(of: reading)
        if mayReadKernelStacks {
            do throws(Errno) {
                site.kernelStack = try files.kernelFunctions()
            } catch {
                mayReadKernelStacks = error.isVanished
            }
        }
        // It may have gone on meanwhile.
        if (try? files.syscall()) != reading { (site.object, site.kernelStack) = (nil, nil) }
        let cost = ContinuousClock.now - now
        due[site.kind] = now + max(Self.detailPeriod, cost * Self.costShare)
        return site
    }
}
