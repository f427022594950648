import ProcFormats
import Testing

@Suite("cmdline")
struct CommandLineTests {
    @Test("arguments have a space between each, an empty one too")
    func captured() throws {
        let bytes = try Fixture.bytes("6.18.44/command-line/cmdline")
        #expect(
            TaskCommandLine(parsing: bytes.span).text == "sh -c sleep 600; : two words  end")
    }

    @Test(
        "kernel threads and zombies have none",
        arguments: [
            "kernel-thread", "zombie", "zombie-leader",
        ])
    func none(folder: String) throws {
        let bytes = try Fixture.bytes("6.18.44/\(folder)/cmdline")
        #expect(TaskCommandLine(parsing: bytes.span).text == nil)
    }

    @Test(
        "other forms",
        arguments: [
            ("\0", nil), ("\0\0\0", nil),
            ("nginx: worker process\0\0\0\0\0", "nginx: worker process"),
            ("a\0b", "a b"), ("\0a\0", " a"), ("esc\u{1B}[2J\0", "esc\u{1B}[2J"),
        ])
    func form(content: String, expected: String?) {
        let bytes = Array(content.utf8)
        #expect(TaskCommandLine(parsing: bytes.span).text == expected)
    }

    @Test("what is not UTF-8 is repaired")
    func repaired() {
        let bytes: [UInt8] = [0x61, 0xFF, 0x00, 0xC3, 0x00]
        #expect(TaskCommandLine(parsing: bytes.span).text == "a\u{FFFD} \u{FFFD}")
    }

    @Test(
        "of a very long line the beginning and the end are kept, at whole characters",
        arguments: 0..<4)
    func long(shift: Int) throws {
        let text = String(repeating: "x", count: shift) + String(repeating: "😀", count: 5000)
        let bytes = Array(text.utf8)
        let kept = try #require(TaskCommandLine(parsing: bytes.span).text)
        let gap = try #require(kept.firstIndex(of: " "))
        let end = try #require(kept.lastIndex(of: " "))
        #expect(kept[gap...end] == " ... ")
        #expect(text.hasPrefix(kept[..<gap]) && kept[..<gap].utf8.count > 4000)
        #expect(text.hasSuffix(kept[kept.index(after: end)...]))
        #expect(kept.utf8.count <= TaskCommandLine.maximumLength)
        #expect(kept.utf8.count > TaskCommandLine.maximumLength - 8)
    }

    @Test("what a Java server is stands behind its class path, and is kept")
    func classPath() throws {
        let jars = (0..<150).map { "/opt/app/lib/some-library-number-\($0).jar" }
        for path in [jars, Array(repeating: jars, count: 10).flatMap(\.self)] {
            let line = [
                "/usr/bin/java", "-cp", path.joined(separator: ":"), "com.example.Server2", "",
            ]
            let bytes = Array(line.joined(separator: "\0").utf8)
            let kept = try #require(TaskCommandLine(parsing: bytes.span).text)
            #expect(kept.hasPrefix("/usr/bin/java -cp /opt/app/lib"))
            #expect(kept.hasSuffix(" com.example.Server2"))
        }
    }
}
