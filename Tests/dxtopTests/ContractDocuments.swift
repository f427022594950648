import Diagnosis
import Probes
import ProcFormats
import ProcSampling
import TestSupport
import Testing
import Units

@testable import dxtop

/// Every document that dxtop prints as JSON, made of `ContractMachine`. Only this file knows by which
/// types a document is made.
enum ContractDocuments {
    struct Document: Sendable, CustomTestStringConvertible {
        var name: String
        var json: @Sendable () throws -> String

        var testDescription: String { name }
    }

    /// Fields whose values are sentences that the product makes up.
    static let sentences = ["meaning", "advice", "text", "reader_claim", "reader_advice"]

    static let all =
        [
            snapshot("snapshot", ContractMachine()),
            snapshot("snapshot-unknown", ContractMachine.unknown),
            snapshot("snapshot-partly-known", ContractMachine.partlyKnown),
        ] + WatchedView.all.map(watch)
        + [
            probe("profile", ContractReadings.profile),
            probe("profile-of-faults", ContractReadings.faults),
            probe("syscalls-counted", ContractReadings.counted),
            probe("syscalls-polled", ContractReadings.polled),
            probe("waits", ContractReadings.waits),
            probe("stacks", ContractReadings.stacks),
            probe("profile-of-process", MadeReadings.profile),
            probe("profile-by-stops", MadeReadings.stopProfile),
            probe("syscalls-traced", MadeReadings.counted),
            probe("syscalls-polled-thread", MadeReadings.polled),
            probe("waits-every-kind", MadeReadings.waits),
            probe("stacks-grouped", MadeReadings.stacks),
            probe("stacks-stopped", MadeReadings.stoppedStacks),
            Document(name: "doctor") {
                try JSONText.encode(DoctorDocument(report: ContractReadings.doctor))
            },
        ]

    private static func probe(_ name: String, _ reading: any ProbeReading) -> Document {
        Document(name: name) { try JSONText.encode(reading.report.document()) }
    }

    private static func snapshot(
        _ name: String, _ machine: @escaping @autoclosure @Sendable () -> ContractMachine
    ) -> Document {
        Document(name: name) {
            let machine = machine()
            return try JSONText.encode(
                SnapshotDocument(snapshot: machine.snapshot, rows: rows(machine)))
        }
    }

    private static func watch(_ view: WatchedView) -> Document {
        Document(name: "watch-\(view.name)") {
            let machine = ContractMachine()
            return try JSONText.encode(
                WatchDocument(view: view, snapshot: machine.snapshot, rows: rows(machine)))
        }
    }

    private static func rows(_ machine: ContractMachine) -> RowDocuments {
        RowDocuments(
            userNames: Edge07.users,
            hotThreshold: Percent(90.0), target: nil, memory: machine.memory,
            growth: machine.growth, network: machine.network, findings: machine.findings)
    }
}
