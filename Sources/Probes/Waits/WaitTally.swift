/// How often a thread was found where.
struct WaitTally {
    let start: ContinuousClock.Instant
    private(set) var samples = 0
    var hasEnded = false

    private var found: [WaitSites.Site.Kind: WaitReading.Site] = [:]
    private var latest: (kind: WaitSites.Site.Kind, since: ContinuousClock.Instant)?

    /// Of a call whose argument is another one each time, single ones do not matter.
    private static let mostSites = 64

    init(start: ContinuousClock.Instant) { self.start = start }

    mutating func note(_ site: WaitSites.Site, at now: ContinuousClock.Instant) {
        var site = site
        if found[site.kind] == nil, found.count >= Self.mostSites {
            site.kind.argument = nil
            site.object = nil
        }
        samples += 1
        if latest?.kind != site.kind { latest = (site.kind, now) }
        var entry =
            found[site.kind] ?? WaitReading.Site(activity: site.kind.activity, samples: 0)
        entry.samples += 1
        if let latest { entry.longest = max(entry.longest, now - latest.since) }
        entry.kernelStack = site.kernelStack ?? entry.kernelStack
        entry.object = site.object ?? entry.object
        found[site.kind] = entry
    }

    /// Where it was most often, first.
    var sites: [WaitReading.Site] {
        found.values.sorted {
            ($1.samples, $0.activity.name, $0.object ?? "")
                < ($0.samples, $1.activity.name, $1.object ?? "")
        }
    }
}
