import ProcFormats
import ProcReading
import SystemPackage
import Units

/// Tells where a thread is, look by look, and what it waits for there.
final class WaitPlaces {
    private let files: TaskHandle
    private let objects: WaitObjects
    /// False once it was denied.
    private(set) var mayReadCalls = true
    private(set) var mayReadKernelStacks = true
    /// When what costs more than a look is read again, by place.
    private var due: [Place.Kind: ContinuousClock.Instant] = [:]

    private static let closerLookPeriod = Duration.seconds(1)
    /// What a closer look costs may be one part in so many.
    private static let costShare = 50

    init(of files: TaskHandle) {
        self.files = files
        objects = WaitObjects(files)
    }

    /// Where it was at one look.
    struct Place {
        var kind: Kind
        /// What was read now, if it was.
        var kernelStack: [String]?
        var object: String?

        /// What makes it another place.
        struct Kind: Hashable {
            var activity: WaitReading.PlaceActivity
            /// A file's descriptor or an address, as the call's first argument tells it.
            var argument: UInt64?
        }
    }

    /// Nil when it is gone.
    func look(at now: ContinuousClock.Instant) -> Place? {
        guard mayReadCalls else { return lookFromAfar() }
        do throws(Errno) {
            let (place, channel) = try placeAndChannel()
            if place.record == .running { return Place(kind: Place.Kind(activity: .running)) }
            var kind = Place.Kind(activity: .outside(waitChannel: channel))
            if let call = place.call {
                kind.activity = .systemCall(call, waitChannel: channel)
                kind.argument = objects.argument(of: call, place)
            }
            return closer(Place(kind: kind), place, at: now)
        } catch {
            if error.isVanished { return nil }
            mayReadCalls = false
            return lookFromAfar()
        }
    }

    /// Both of one moment, as far as that can be had.
    private func placeAndChannel() throws(Errno) -> (TaskPlace, String?) {
        var place = try files.place()
        for _ in 0..<3 where place.record != .running {
            let channel = files.waitChannel
            let now = try files.place()
            if now == place { return (place, channel) }
            place = now
        }
        return (place, nil)
    }

    /// What everybody may know.
    private func lookFromAfar() -> Place? {
        guard let (stat, _) = files.listed else { return nil }
        guard stat.state != .running else { return Place(kind: Place.Kind(activity: .running)) }
        var place = Place(kind: Place.Kind(activity: .state(stat.state)))
        place.object = files.waitChannel.map { "in the kernel's \($0)" }
        return place
    }

    private func closer(
        _ place: Place, _ reading: TaskPlace, at now: ContinuousClock.Instant
    ) -> Place {
        if let due = due[place.kind], now < due { return place }
        var place = place
        place.object = objects.object(of: reading)
        if mayReadKernelStacks {
            do throws(Errno) {
                place.kernelStack = try files.kernelFunctions()
            } catch {
                mayReadKernelStacks = error.isVanished
            }
        }
        // It may have gone on meanwhile.
        if (try? files.place()) != reading { (place.object, place.kernelStack) = (nil, nil) }
        let cost = ContinuousClock.now - now
        due[place.kind] = now + max(Self.closerLookPeriod, cost * Self.costShare)
        return place
    }
}
