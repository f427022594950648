import ProcSampling
import Testing
import Units

@testable import Probes

struct FoldedStacksTests {
    @Test func `a line for each chain, the thread first`() {
        let profile = madeProfile([
            ("poll", "main;serve;spin", 60), ("poll", "main;serve;k:read", 10),
            ("timer", "main;serve;spin", 5), ("poll", "main;serve;spin", 1), ("timer", "", 2),
        ])
        #expect(
            FoldedStacks.text(profile) == """
                poll;main;serve;read_[k] 10
                poll;main;serve;spin 61
                timer 2
                timer;main;serve;spin 5

                """)
    }

    @Test func `no name breaks a line or a chain`() {
        var profile = madeProfile([("a;b\n1", "main;<[u8\n] as T>::run", 3), ("", "main", 1)])
        profile.frames[0].name = "[u8; 4]\u{1B}[2J"
        #expect(
            FoldedStacks.text(profile)
                == #"[no name];[u8: 4]\e[2J 1"# + "\n"
                + #"a:b\n1;[u8: 4]\e[2J;<[u8\n] as T>::run 3"# + "\n")
    }

    @Test func `page faults are bytes`() {
        let page = Machine.current.units.pageSize.rawValue
        let profile = madeProfile([("t", "grow", 3)], event: .pageFaults)
        #expect(FoldedStacks.text(profile) == "t;grow \(3 * page)\n")
    }
}

struct FlameGraphTests {
    /// The boxes of a picture: where each begins and how wide it is, in percent, by its name.
    func boxes(_ svg: String) throws -> [String: (start: Double, width: Double, y: Int)] {
        var boxes: [String: (start: Double, width: Double, y: Int)] = [:]
        for line in svg.split(separator: "\n") where line.hasPrefix("<svg x=") {
            let parts = line.split(separator: "\"")
            let name = try #require(line.split(separator: ">").last { $0.hasSuffix("</text") })
            boxes[String(name.dropLast("</text".count))] = (
                try #require(Double(parts[1].dropLast())),
                try #require(Double(parts[5].dropLast())),
                try #require(Int(parts[3]))
            )
        }
        return boxes
    }

    @Test func `a box is as wide as its share and stands on its caller`() throws {
        let svg = FlameGraph.svg(
            madeProfile([
                ("poll", "main;serve;spin", 60), ("poll", "main;serve;k:read", 20),
                ("timer", "tick", 20),
            ]), title: "streamd 2214")
        let boxes = try boxes(svg)
        #expect(boxes.count == 8)
        #expect(boxes["all"]?.width == 100)
        #expect(boxes["thread poll"]?.width == 80)
        #expect(boxes["spin"]?.start == 0)
        #expect(boxes["spin"]?.width == 60)
        #expect(boxes["read [k]"]?.start == 60)
        #expect(boxes["tick"]?.start == 80)
        let serve = try #require(boxes["serve"])
        #expect(boxes["spin"]?.y == serve.y - 17)
        #expect(boxes["main"]?.y == serve.y + 17)
        #expect(svg.contains("<title>serve (streamd): 80 samples, 80.0 %, itself 0.0 %</title>"))
        #expect(svg.contains(">streamd 2214</text>"))
    }

    @Test func `what is thinner than a pixel is left out`() throws {
        let svg = FlameGraph.svg(
            madeProfile([("t", "main;spin", 99_990), ("t", "main;rare", 10)]), title: "t")
        #expect(try Set(boxes(svg).keys) == ["all", "thread t", "main", "spin"])
    }

    @Test func `hostile names stay text`() throws {
        let profile = madeProfile([
            ("</svg><script>", "a<b>&\"]]>;\u{1B}[2J\u{FFFF}\u{202E}", 1)
        ])
        let svg = FlameGraph.svg(profile, title: "<x>")
        #expect(svg.contains(">a&lt;b&gt;&amp;&quot;]]&gt;</text>"))
        #expect(svg.contains(#">\e[2J\u{ffff}\u{202e}</text>"#))
        #expect(svg.contains(">thread &lt;/svg&gt;&lt;script&gt;</text>"))
        #expect(svg.split(separator: "<script>").count == 2)
        #expect(svg.split(separator: "]]>").count == 2)
        #expect(!svg.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test func `the same profile gives the same file`() {
        let made = { madeProfile([("a", "x;y", 1), ("b", "x;z", 1), ("a", "x;z", 1)]) }
        #expect(FlameGraph.svg(made(), title: "t") == FlameGraph.svg(made(), title: "t"))
    }

    @Test func `nothing found is said`() throws {
        var profile = madeProfile([])
        profile.used = .zero
        let svg = FlameGraph.svg(profile, title: "t")
        #expect(svg.contains(">0 samples in 5.0s: it used no CPU</text>"))
        #expect(try boxes(svg).keys.elementsEqual(["all"]))
    }
}
