import ProcFormats
package import Units

extension WaitReading {
    /// Heads over `rows`; the first and the fourth column are figures.
    package static let heads = ["TIME %", "WHERE", "WCHAN", "LONGEST", "WAITS FOR"]

    /// A row for each place, where it was met most often first.
    package var rows: [[String]] {
        places.map { place in
            [
                share(of: place).text, place.activity.name, place.activity.waitChannel ?? "-",
                place.longest.fineText, place.object ?? "-",
            ]
        }
    }

    /// Of all looks.
    package func share(of place: Place) -> Percent { Percent(place.looks, of: looks) }
}

extension WaitReading.PlaceActivity {
    /// In a word or two: "futex", "[running]", "[no system call]", "[state D]".
    package var name: String {
        switch self {
        case .running: "[running]"
        case .systemCall(let name, _): name
        case .outside: "[no system call]"
        case .state(let state): "[state \(state.letter)]"
        }
    }

    package var waitChannel: String? {
        switch self {
        case .systemCall(_, let channel), .outside(let channel): channel
        case .running, .state: nil
        }
    }
}
