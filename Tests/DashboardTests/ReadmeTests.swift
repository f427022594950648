import Dashboard
import ProcSampling
import Screen
import TestSupport
import Testing
import Units

/// The README's table of keys beside the keymap.
struct ReadmeTests {
    private static let process = ProcessIdentity(pid: ProcessID(1), startTime: ClockTicks(1))
    private static let places =
        RootView.all.map(\.place) + [
            .threads(of: process), .mappings(of: process), .losses, .routes,
            .thread(
                ThreadIdentity(tid: ThreadID(1), startTime: ClockTicks(1)), of: process),
        ]

    /// What the table calls keys, and where they work.
    private func rows() throws -> [(keys: Set<String>, place: Substring)] {
        let root = String(#filePath.dropLast("Tests/DashboardTests/ReadmeTests.swift".count))
        let readme = try #require(TextFile.read(root + "README.md"))
        let section = readme.split(separator: "\n").drop { $0 != "## Keys" }.dropFirst()
            .prefix { !$0.hasPrefix("## ") }
        return section.filter { $0.hasPrefix("| ") }.dropFirst().map { line in
            let cells = line.split(separator: " | ")
            // Between the names of keys stand blanks; commas and semicolons follow them.
            let keys = cells[0].dropFirst().split(separator: " ").map { word in
                let name = word.filter { $0 != "`" }
                return name.count > 1 ? name.filter { $0 != "," && $0 != ";" } : name
            }
            return (Set(keys), cells[1])
        }
    }

    @Test func eachKeyOfTheKeymapStandsInIt() throws {
        let told = try rows().reduce(into: Set<String>()) { $0.formUnion($1.keys) }
        for place in Self.places {
            for binding in Keymap.bindings(for: place) where binding.help != nil {
                let names = binding.keys.map(Self.name)
                #expect(!told.isDisjoint(with: names), "\(names)")
            }
        }
    }

    @Test func eachKeyInItDoesSomething() throws {
        let bound = Set(
            Self.places.flatMap { Keymap.bindings(for: $0).flatMap(\.keys).map(Self.name) })
        for row in try rows() where row.place != "results of a probe" {
            // The terminal turns Ctrl-C into a signal.
            let keys = row.keys.subtracting(["Ctrl-C"])
            #expect(keys.isSubset(of: bound), "\(keys.subtracting(bound))")
        }
    }

    private static func name(_ key: Key) -> String {
        switch key {
        case .character(" "): "Space"
        case .character(":"): ":q"
        case .character(let character): String(character)
        case .enter: "Enter"
        case .escape: "Esc"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .tab: "Tab"
        case .up, .down, .left, .right: "arrows"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .home: "Home"
        case .end: "End"
        case .function(let number): "F\(number)"
        case .control(let letter): "Ctrl-\(letter.uppercased())"
        }
    }
}
