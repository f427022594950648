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

    @Test func jsonKeepsANameAsItIs() throws {
        let text = try JSONText.encode([Self.name])
        #expect(text == #"["\u001b[2J\u202e\u009b"]"#)
    }
}
