import Testing
import Units

@testable import ProcSampling

/// Interfaces of a tree that the test makes, where there is only `/proc/net/dev`.
struct InterfaceReaderTests {
    private let tree = FakeTree()
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    private func write(_ rows: (name: String, received: Int)...) {
        let zeros = String(repeating: " 0", count: 14)
        let lines = rows.map { "\($0.name): 0 \($0.received)\(zeros)\n" }
        tree.write("net/dev", "Inter-|\n face |\n" + lines.joined())
    }

    @Test func oneThatIsGoneIsForgottenAndItsNumberIsNobodysAgain() throws {
        let reader = InterfaceReader(
            reader: ProcReader(root: try ProcRoot(path: tree.path)), folder: .tree, socket: nil)
        write(("lo", 1), ("veth1", 10), ("veth2", 20))
        #expect(reader.read(at: start).map(\.id) == [1, 2, 3])
        write(("lo", 2), ("veth2", 25))
        let fewer = reader.read(at: start.advanced(by: Nanoseconds(1_000_000_000)))
        #expect(fewer.map(\.id) == [1, 3])
        #expect(fewer.map(\.receivedPackets.sinceStart) == [1, 5])
        write(("lo", 2), ("veth1", 500), ("veth2", 25), ("veth3", 1))
        let more = reader.read(at: start.advanced(by: Nanoseconds(2_000_000_000)))
        #expect(more.map(\.id) == [1, 4, 3, 5])
        #expect(more[1].receivedPackets == Counted(total: 500), "another one of that name")
    }
}
