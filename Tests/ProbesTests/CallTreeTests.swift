import ProcSampling
import Testing
import Units

@testable import Probes

struct CallTreeTests {
    let profile = madeProfile([
        ("poll", "main;serve;spin", 60), ("poll", "main;serve;k:read", 10),
        ("poll", "main;serve", 20), ("timer", "main;tick", 10),
    ])

    func names(_ nodes: [Int], in tree: CallTree) -> [String] {
        nodes.map { profile.frames[tree.nodes[$0].frame].name }
    }

    @Test func `equal beginnings are one, the heaviest first`() throws {
        let tree = CallTree(profile)
        let root = try #require(tree.roots.first)
        #expect(tree.roots.count == 1)
        #expect(names(tree.nodes[root].children, in: tree) == ["serve", "tick"])
        let serve = try #require(tree.nodes[root].children.first)
        #expect(names(tree.children(of: serve), in: tree) == ["spin", "read"])
        #expect(tree.nodes[serve].count == 90)
        #expect(tree.nodes[serve].selfCount == 20)
        #expect(tree.nodes[serve].parent == root)
        #expect(tree.share(of: serve).text == "90.0")
        #expect(tree.selfShare(of: root).text == "0.0")
    }

    @Test func `children weigh no more than their caller, self and all`() {
        let tree = CallTree(profile)
        for node in tree.nodes {
            let below = node.children.reduce(0) { $0 + tree.nodes[$1].count }
            #expect(node.count == node.selfCount + below)
        }
    }

    @Test func `samples without a chain count in every share`() throws {
        let tree = CallTree(madeProfile([("poll", "main", 3), ("poll", "", 1)]))
        #expect(tree.weight == 4)
        #expect(tree.share(of: try #require(tree.roots.first)).text == "75.0")
        var gone = madeProfile([("poll", "main", 3)])
        gone.samples = 4
        #expect(CallTree(gone).weight == 4)
    }

    @Test func `an empty profile is an empty tree`() {
        let tree = CallTree(madeProfile([]))
        #expect(tree.roots == [])
        #expect(tree.lines(of: madeProfile([])) == [])
    }

    @Test func `lines indent where the way forks and leave out what is light`() {
        let deep = madeProfile([
            ("t", "main;run;loop;spin", 90), ("t", "main;run;loop;k:read", 7),
            ("t", "main;run;rare", 3),
        ])
        #expect(
            CallTree(deep).lines(of: deep) == [
                "  100 %  main", "  100 %  run", " 97.0 %  loop", " 90.0 %    spin",
                "  7.0 %    read [k]",
            ])
    }
}

struct ProfileShareTests {
    @Test func `a recursion counts once in total`() throws {
        let profile = madeProfile([("t", "main;walk;walk;walk", 4), ("t", "main;walk;leaf", 6)])
        let walk = try #require(
            profile.functions.first { profile.frames[$0.frame].name == "walk" })
        #expect(walk.totalCount == 10)
        #expect(walk.selfCount == 4)
        #expect(
            profile.functions.map { profile.frames[$0.frame].name } == ["leaf", "walk", "main"])
    }

    @Test func `one thread's part is its own`() {
        let profile = madeProfile([
            ("poll", "main;spin", 60), ("timer", "main;tick", 10), ("poll", "main;rest", 5),
        ])
        let part = profile.of(thread: 0)
        #expect(part.threads.map(\.name) == ["poll"])
        #expect(part.samples == 65)
        #expect(part.stacks.map(\.count) == [60, 5])
        #expect(part.functions.map { profile.frames[$0.frame].name } == ["spin", "rest", "main"])
    }

    @Test func `what there is, in a sentence`() {
        var profile = madeProfile([("poll", "main;spin", 302), ("poll", "main;k:read", 198)])
        #expect(
            profile.summary
                == "500 samples in 5.0s, about 5.0s of CPU, 39.6 % in the kernel")
        #expect(profile.headline(most: 1) == "spin 60 %, other 40 %")
        #expect(profile.headline() == "spin 60 %, read [k] 40 %")
        profile.lost = 1250
        #expect(profile.summary.hasSuffix("; 1,250 more were lost"))
        profile.method = .stops
        #expect(profile.summary == "500 samples in 5.0s; 1,250 more were lost")
    }

    @Test func `threads have shares of the same whole`() throws {
        let profile = madeProfile([("a", "main;spin", 30), ("b", "main", 10)])
        #expect(
            profile.report.table(.sampledThreads)?.text
                == ReportText(
                    heads: ["SHARE%", "COUNT", "TID", "NAME", "PID", "OF IT%", "FUNCTION"],
                    rows: [
                        ["75.0", "30", "4127", "a", "2214", "100", "spin"],
                        ["25.0", "10", "4128", "b", "2214", "100", "main"],
                    ], words: [3, 6]))
        var faults = profile
        faults.request.event = .pageFaults
        faults.stacks[1].count = 90
        let table = try #require(faults.report.table(.sampledThreads)).text
        #expect(table.rows.map(\.[0]) == ["25.0", "75.0"])
    }

    @Test func `a profile has a title`() {
        var profile = madeProfile([("poll", "main;spin", 1)])
        #expect(profile.title == "process 2214, CPU at 100 Hz")
        profile.request.target = .thread(unchecked(pid: 2214, tid: 4127))
        #expect(profile.title == "T4127 poll, CPU at 100 Hz")
        profile.request.target = .host
        profile.request.event = .pageFaults
        #expect(profile.title == "all processes, page faults")
    }

    @Test func `silence is a result, unless something was lost`() {
        var profile = madeProfile([])
        #expect(profile.summary == "0 samples in 5.0s: it was on no CPU when one was due")
        profile.used = .zero
        #expect(profile.summary == "0 samples in 5.0s: it used no CPU")
        profile.used = .milliseconds(1900)
        #expect(profile.summary == "0 samples in 5.0s: it used 1.9s of CPU")
        #expect(profile.headline() == "")
        profile.lost = 2
        #expect(profile.summary == "0 samples in 5.0s, 2 lost")
        let faults = madeProfile([], event: .pageFaults)
        #expect(faults.summary == "0 page faults in 5.0s: it took no page of memory")
    }

    @Test func `page faults are memory`() {
        let page = Int(Machine.current.units.pageSize.rawValue)
        var profile = madeProfile(
            [("t", "main;grow", (12 << 20) / page)], event: .pageFaults)
        profile.samples = 3072
        #expect(profile.summary == "12.0M in 3,072 page faults in 5.0s")
        #expect(
            profile.report.table(.functions)?.text
                == ReportText(
                    heads: ["SELF%", "TOTAL%", "MEMORY", "MODULE", "FUNCTION"],
                    rows: [
                        ["100", "100", "12.0M", "streamd", "grow"],
                        ["0.0", "100", "12.0M", "streamd", "main"],
                    ], words: [3, 4]))
    }
}
