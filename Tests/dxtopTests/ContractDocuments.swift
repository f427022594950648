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
            Document(name: "snapshot") {
                let machine = ContractMachine()
                return try JSONText.encode(
                    SnapshotDocument(snapshot: machine.snapshot, rows: rows(machine)))
            },
            Document(name: "snapshot-unknown") {
                let machine = ContractMachine.unknown
                return try JSONText.encode(
                    SnapshotDocument(snapshot: machine.snapshot, rows: rows(machine)))
            },
        ] + WatchCommand.View.allCases.map(watch)
        + [
            Document(name: "profile") {
                try JSONText.encode(ProfileDocument(profile: ContractReadings.profile))
            },
            Document(name: "syscalls-counted") {
                try JSONText.encode(SystemCallsDocument(count: ContractReadings.counted))
            },
            Document(name: "syscalls-polled") {
                try JSONText.encode(SystemCallsDocument(count: ContractReadings.polled))
            },
            Document(name: "waits") {
                try JSONText.encode(WaitsDocument(waits: ContractReadings.waits))
            },
            Document(name: "stacks") {
                try JSONText.encode(StacksDocument(listing: ContractReadings.stacks))
            },
            Document(name: "doctor") {
                try JSONText.encode(DoctorDocument(report: ContractReadings.doctor))
            },
        ]

    private static func watch(_ view: WatchCommand.View) -> Document {
        Document(name: "watch-\(view.rawValue)") {
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
