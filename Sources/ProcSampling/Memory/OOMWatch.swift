internal import ProcFormats
internal import Units

/// Follows what the kernel kills because memory ran out: the count, and who from the kernel log.
final class OOMWatch {
    /// Nil where the kernel log may not be read.
    private let log: KernelLog?
    private let clock: SampleClock
    private var kills: OOMKills?
    /// Victims that the log still owes, and until when they are waited for: the kernel counts
    /// first and writes then.
    private var owed: UInt64 = 0
    private var owedUntil = Instant(nanoseconds: 0)
    /// Before 5.1 whose limit it was is said in a record before the kill's.
    private var chosenIsOfGroup: Bool?
    /// Since 5.0 a record before the kill's says which group's.
    private var chosenGroup: String?

    private static let patience = Nanoseconds(10_000_000_000)
    private static let mostVictims = 16

    /// With the log, victims are told from now on.
    init(log: KernelLog?, clock: SampleClock = .kernel) {
        self.log = log
        self.clock = clock
    }

    /// What is known at a refresh with this count; nil where the kernel does not count.
    func refresh(count: UInt64?) -> OOMKills? {
        guard let count else { return nil }
        guard var kills else {
            self.kills = OOMKills(total: count)
            return self.kills
        }
        let new = Rates.change(from: kills.total, to: count)
        kills.total = count
        if let new, new > 0 {
            kills.sinceStart &+= new
            kills.lastSeen = clock.wallTime()
            owed &+= new
            owedUntil = clock.now.advanced(by: Self.patience)
        }
        if owed > 0 {
            log?.forEachNew { note($0, in: &kills) }
            if clock.now > owedUntil { owed = 0 }
        }
        self.kills = kills
        return kills
    }

    /// Takes in a record of the log.
    func note(_ record: KernelLogRecord, in kills: inout OOMKills) {
        switch OOMMessage(record) {
        case .chosen(let isOfGroup):
            chosenIsOfGroup = isOfGroup
        case .group(let path):
            chosenGroup = path
        case .killed(let process, let name, let isOfGroup):
            let isOfGroup = isOfGroup ?? chosenIsOfGroup ?? false
            kills.victims.append(
                OOMKills.Victim(
                    process: process, name: name, isOfGroup: isOfGroup,
                    group: isOfGroup ? chosenGroup : nil, seen: kills.lastSeen))
            chosenGroup = nil
            if kills.victims.count > Self.mostVictims { kills.victims.removeFirst() }
            owed -= min(owed, 1)
        case nil:
            break
        }
    }
}
