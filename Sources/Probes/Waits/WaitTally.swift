/// How often a thread was found where.
struct WaitTally {
    let start: ContinuousClock.Instant
    private(set) var samples = 0
    var hasEnded = false

    private var found: [WaitPlaces.Place.Kind: WaitReading.Place] = [:]
    private var latest: (kind: WaitPlaces.Place.Kind, since: ContinuousClock.Instant)?

    /// Of a call whose argument is another one each time, single ones do not matter.
    private static let mostPlaces = 64

    init(start: ContinuousClock.Instant) { self.start = start }

    mutating func note(_ place: WaitPlaces.Place, at now: ContinuousClock.Instant) {
        var place = place
        if found[place.kind] == nil, found.count >= Self.mostPlaces {
            place.kind.argument = nil
            place.object = nil
        }
        samples += 1
        if latest?.kind != place.kind { latest = (place.kind, now) }
        var entry =
            found[place.kind] ?? WaitReading.Place(activity: place.kind.activity, samples: 0)
        entry.samples += 1
        if let latest { entry.longest = max(entry.longest, now - latest.since) }
        entry.kernelStack = place.kernelStack ?? entry.kernelStack
        entry.object = place.object ?? entry.object
        found[place.kind] = entry
    }

    /// Where it was most often, first.
    var places: [WaitReading.Place] {
        found.values.sorted {
            ($1.samples, $0.activity.name, $0.object ?? "")
                < ($0.samples, $1.activity.name, $1.object ?? "")
        }
    }
}
