import ProcFormats
import Testing

@Suite("fdinfo of an epoll instance")
struct EpollTargetsTests {
    @Test("what it waits for, and how")
    func targets() throws {
        let bytes = try Fixture.bytes("6.18.44/epoll/fdinfo")
        let targets = try EpollTargets(parsing: bytes.span).targets
            .sorted { $0.descriptor < $1.descriptor }
        #expect(targets.map(\.isForReading) == [true, true, false])
        #expect(targets.map(\.isEdgeTriggered) == [false, true, false])
        #expect(targets.map(\.isOneShot) == [false, false, true])
        let inodes = targets.compactMap(\.inode)
        #expect(inodes.count == 3)
        #expect(Set(inodes).count == 3)
    }

    @Test("one that fired once and was not armed again asks for nothing")
    func disarmed() throws {
        let bytes = try Fixture.bytes("6.18.44/epoll/fdinfo")
        let target = try EpollTargets(parsing: bytes.span).targets.first(where: \.isOneShot)
        #expect(target?.events == 0x4000_0000)
    }

    @Test("before 4.12 it does not name files")
    func old() throws {
        let bytes = try Fixture.bytes("3.10-el7/epoll/fdinfo")
        #expect(
            try EpollTargets(parsing: bytes.span).targets == [
                .init(descriptor: 5, events: 0x19), .init(descriptor: 12, events: 0x8000_0001),
            ])
    }

    @Test("a line of another shape is lost, and counted")
    func malformed() throws {
        let bytes = Array("tfd: 5 events: 19 data: 5 no\ntfd: 6 events: 19 data: 5\n".utf8)
        var faults = FieldFaults()
        let found = try EpollTargets(parsing: bytes.span, noting: &faults)
        #expect(found.targets.map(\.descriptor) == [6])
        #expect(faults.count == 1 && faults.first.first?.name == "tfd")
    }
}
