import Testing

/// The man page is made from what the program says of itself, and from the README's tables.
struct ManPageTests {
    @Test func itHasEveryCommandAndExplainsEveryOption() async throws {
        var dxtop = Program.dxtop()
        dxtop.arguments = ["--experimental-dump-help"]
        let description = try JSON(parsing: await run(dxtop).output)
        let names = (description["command"]?["subcommands"]?.items ?? []).compactMap {
            $0["commandName"]?.string
        }
        // Tests/EndToEndTests/ManPageTests.swift is three levels below the package.
        let package = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = try await run(
            Program(
                path: package + "/Scripts/man-page",
                arguments: [dxtop.path, package + "/README.md"]))
        #expect(page.exitCode == 0, "\(page)")
        #expect(names.contains("watch"))
        for name in names where name != "help" {
            #expect(page.lines.contains(".SS dxtop \(name)"), "\(name)")
        }
        #expect(!page.lines.contains("\\&"), "an option without an explanation")
        for heading in ["NAME", "SYNOPSIS", "KEYS", "ENVIRONMENT", "EXIT STATUS"] {
            let start = try #require(page.lines.firstIndex(of: ".SH " + heading))
            #expect(page.lines[start + 1].hasPrefix(".SH") == false, "\(heading) is empty")
        }
    }
}
