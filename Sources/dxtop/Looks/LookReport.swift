import Probes
import Screen
import Units

/// What a look found, as text for pipes and scripts: what it means first, then the figures, then
/// what to know when reading them.
enum LookReport {
    /// Rows of a flat list; JSON has them all.
    private static let mostRows = 20

    static func lines(of reading: ProbeReading) -> [String] {
        let lines =
            switch reading {
            case .profile(let profile): lines(of: profile)
            case .systemCalls(let count): lines(of: count)
            case .waits(let waits): lines(of: waits)
            case .stacks(let listing): lines(of: listing)
            }
        return lines.map { VisibleText.of($0) }
    }

    private static func lines(of profile: Profile) -> [String] {
        var lines = [profile.title, profile.summary]
        if !profile.headline().isEmpty { lines.append(profile.headline()) }
        lines += table(
            profile.functionHeads, profile.functionRows(), leftAligned: [3, 4],
            counted: "functions")
        lines += block(
            CallTree(profile).lines(of: profile), under: "CALLS, callers first; from 5 % on")
        if profile.threads.count > 1 {
            lines += table(
                Profile.threadHeads, profile.threadRows, leftAligned: [3], counted: "threads")
        }
        return lines + notes(profile.notes)
    }

    private static func lines(of count: SystemCallCount) -> [String] {
        let head = "\(count.method.rawValue) for \(count.elapsed.fineText)"
        let total = count.total.map { "\($0.groupedText) calls, " } ?? ""
        return [count.conclusion, total + head]
            + table(count.heads, count.rows, leftAligned: [0], counted: "calls")
            + notes(count.notes, count.offers)
    }

    private static func lines(of waits: WaitReading) -> [String] {
        let stacks = waits.places.prefix(mostRows).compactMap { place in
            place.kernelStack.map { "\(place.activity.name): \($0.joined(separator: " < "))" }
        }
        return [waits.conclusion]
            + table(WaitReading.heads, waits.rows, leftAligned: [1, 2, 4], counted: "places")
            + block(stacks, under: "KERNEL STACKS, the innermost function first")
            + notes(waits.notes)
    }

    private static func lines(of listing: StackListing) -> [String] {
        let groups = listing.groups.flatMap { group in
            ["", "\(group.title)  \(group.chain)", "  " + group.members(most: mostRows)]
        }
        return [listing.summary] + groups + notes(listing.notes, listing.offer.map { [$0] } ?? [])
    }

    private static func table(
        _ heads: [String], _ rows: [[String]], leftAligned: Set<Int>, counted: String
    ) -> [String] {
        guard !rows.isEmpty else { return [] }
        let rest = rows.count - mostRows
        let shown = TextTable.lines(
            [heads] + rows.prefix(mostRows), leftAligned: leftAligned)
        return [""] + shown + (rest > 0 ? ["\(rest) more \(counted); --json has them all"] : [])
    }

    private static func block(_ lines: [String], under head: String) -> [String] {
        lines.isEmpty ? [] : ["", head] + lines
    }

    private static func notes(_ notes: [String], _ offers: [ProbeOffer] = []) -> [String] {
        let sentences =
            notes
            + offers.compactMap { offer in
                Look.sentence(offer).map { "to see more, \($0)" }
            }
        return sentences.isEmpty ? [] : [""] + sentences.map { "note: " + $0 }
    }
}

extension StandardOutput {
    func print(_ reading: ProbeReading, json: Bool) throws {
        guard json else { return print(LookReport.lines(of: reading)) }
        switch reading {
        case .profile(let profile):
            print(try JSONText.encode(ProfileDocument(profile: profile)))
        case .systemCalls(let count):
            print(try JSONText.encode(SystemCallsDocument(count: count)))
        case .waits(let waits): print(try JSONText.encode(WaitsDocument(waits: waits)))
        case .stacks(let listing): print(try JSONText.encode(StacksDocument(listing: listing)))
        }
    }
}
