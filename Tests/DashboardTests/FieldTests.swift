import Diagnosis
import Fields
import Probes
import ProcSampling
import Screen
import TestSupport
import Testing
import Units

@testable import Dashboard

/// The tables of fields that need what only Dashboard has, and the columns that views make of them.
@Suite struct FieldTests {
    @Test func mappings() throws {
        var scene = Scene.growing(.linear, seconds: 30, place: .mappings(of: Scene.streamd))
        for (number, size) in [(1, 100), (2, 140)] as [(Int, UInt64)] {
            scene.sample(20) { $0.readMappings(number: number, buffers: size) }
        }
        let contexts = scene.state.rowContexts(of: scene.snapshot)
        let rows = contexts.groups.map { MappingRow(group: $0, member: nil) }
        try #require(!rows.isEmpty)
        expectNone(MappingFields.table.problems(declared: MappingFields.declared, rows: rows))
    }

    @Test func groupsOfSockets() throws {
        var scene = Scene.network()
        scene.press(.tab)
        let contexts = scene.state.rowContexts(of: scene.snapshot)
        let rows = scene.state.level.list.rows.compactMap { SocketGroupRow($0, in: contexts) }
        try #require(!rows.isEmpty)
        expectNone(
            SocketGroupFields.table.problems(declared: SocketGroupFields.declared, rows: rows))
    }

    @Test func losses() throws {
        let stage = LossChain.Stage(
            id: .nic, lost: Counted(total: 9, rate: Rate(2.0), sinceStart: 1), meaning: "a",
            next: [.change("b")])
        let part = LossChain.Detail(
            name: "eth0", lost: Counted(total: 0, rate: .zero), text: "mtu 1500")
        let rows = [LossRow(stage), LossRow(stage, part: part)]
        expectNone(LossFields.table.problems(declared: LossFields.declared, rows: rows))
        #expect(LossFields.declared.dropRate.cell(of: rows[0]) == FieldCell("2!", .critical))
        #expect(LossFields.declared.dropRate.cell(of: rows[1]) == FieldCell("0 ", .faint))
    }

    @Test(
        arguments: [
            .overview, .threads(of: nil), .threads(of: Scene.streamd), .memory,
            .mappings(of: Scene.streamd), .sockets(of: nil), .socketGroups(by: .state), .udp,
            .losses,
            .routes,
        ] as [Place] + ProbeKind.all.flatMap { $0.pages.map(Place.probe) })
    func everyListIsSortedByAColumnOfItsOwn(place: Place) {
        let ids = place.view.columns.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(ids.contains(Level(place).list.sort))
    }

    private func expectNone(
        _ problems: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for problem in problems { Issue.record("\(problem)", sourceLocation: sourceLocation) }
    }
}
