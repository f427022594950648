import Fields
import Probes
import Screen
import Units

/// The rows of a look at where a thread waits.
enum WaitRows {
    static func rows(of reading: WaitReading) -> [ProbeRow] {
        reading.places.map { place in
            let share = reading.share(of: place)
            let (call, channel) = (place.activity.name, place.activity.waitChannel ?? "-")
            var grounds: [String] = []
            if let object = place.object { grounds.append("waits for  \(object)") }
            if let stack = place.kernelStack, !stack.isEmpty {
                grounds.append("kernel  \(stack.joined(separator: " < "))")
            }
            return ProbeRow(
                id: id(of: place),
                cells: [
                    "share": ProbeRow.Cell(
                        text: share.text, key: .number(Double(share.rawValue))),
                    "longest": ProbeRow.Cell(
                        text: place.longest.fineText, key: .number(place.longest.seconds)),
                    "call": ProbeRow.Cell(
                        text: call, style: place.activity == .running ? .good : .text,
                        key: .text(call)),
                    "waitChannel": ProbeRow.Cell(text: channel, style: .faint, key: .text(channel)),
                    "object": ProbeRow.Cell(
                        text: place.object ?? "", key: .text(place.object ?? "")),
                ],
                grounds: grounds)
        }
    }

    /// Threads wait in one call for several things: by what it is, not by who else waits for it.
    private static func id(of place: WaitReading.Place) -> String {
        let object = place.object?.prefix { $0 != "," } ?? ""
        return "\(place.activity.name) \(place.activity.waitChannel ?? "") \(object)"
    }
}
