import FoundationEssentials
import Probes
import Testing

@testable import dxtop

/// Names are whatever somebody chose. They are kept as they are, and made harmless where they leave the
/// program: one notation in text and files, the escapes of JSON in JSON.
@Suite struct HarmlessOutputTests {
    private static let name = "\u{1B}[2J\u{202E}\u{9B}"

    @Test func theLinesOfDoctorSteerNoTerminal() throws {
        let report = DoctorReport(lines: [
            .init(
                subject: "terminal", mark: .part, what: Self.name, why: "no \(Self.name)",
                remedy: "TERM=\(Self.name)")
        ])
        #expect(
            DoctorText.lines(of: report) == [
                #"part  terminal  \e[2J\u{202e}\x9b: no \e[2J\u{202e}\x9b"#,
                #"                -> TERM=\e[2J\u{202e}\x9b"#,
            ])
    }

    /// Invisible, beyond 16 bits, and a heart with a presentation: a file is made harmless once more.
    @Test func savedJSONIsJSON() throws {
        let names = [Self.name, "a\u{200B}b\u{AD}", "\u{2764}\u{FE0F}", "\u{E0041}", "漢字 é 😀"]
        let text = try JSONText.encode(names)
        let saved = HarmlessText.bytes(Array(text.utf8))
        #expect(saved == Array(text.utf8))
        #expect(try JSONDecoder().decode([String].self, from: Data(saved)) == names)
    }

    @Test func jsonKeepsANameAsItIs() throws {
        let text = try JSONText.encode([Self.name])
        #expect(text == #"["\u001b[2J\u202e\u009b"]"#)
    }
}
