import Dashboard
import ProcFormats
import ProcSampling
import Screen
import TestSupport
import Testing
import Units

@Suite struct NavigationTests {
    @Test func selectionFollowsTheThreadNotTheRow() {
        var scene = Scene(place: .threads(of: Scene.streamd))
        scene.sample(2)
        scene.press(.down)
        #expect(scene.row(4).hasPrefix(">   4131 rdk:broker1"))

        // Another thread overtakes it once the order is no longer held.
        scene.wait(.seconds(6))
        scene.sample { snapshot in
            for index in snapshot.processes[2].threads.indices
            where snapshot.processes[2].threads[index].name == "ws-write" {
                snapshot.processes[2].threads[index].cpu = Percent(50.0)
            }
        }
        #expect(scene.row(4).contains("ws-write"))
        #expect(scene.row(5).hasPrefix(">   4131 rdk:broker1"))
    }

    @Test func orderIsHeldForFiveSecondsAfterAKey() {
        var scene = Scene(place: .threads(of: Scene.streamd))
        scene.sample(2)
        scene.press(.down)
        scene.sample(3) { Self.heat("ws-write", to: 99.9, in: &$0) }
        #expect(scene.row(1).contains("sorting paused"))
        #expect(scene.row(3).contains("poll"))
        scene.sample(3) { Self.heat("ws-write", to: 99.9, in: &$0) }
        #expect(!scene.row(1).contains("sorting paused"))
        #expect(scene.row(3).contains("ws-write"))
    }

    /// A thread that does something now and then moves up once: what stands below it is not pushed
    /// down and let up again with each tenth of a percent.
    @Test func whoShowsTheSameFigureAsBeforeKeepsItsPlace() throws {
        var scene = Scene(columns: 120, place: .threads(of: nil))
        let idle: (inout Snapshot) -> Void = { snapshot in
            for process in snapshot.processes.indices {
                for thread in snapshot.processes[process].threads.indices {
                    snapshot.processes[process].threads[thread].cpu = .zero
                }
            }
        }
        scene.sample(2, idle)
        let before = scene.state.level.list.rows.map(\.id)
        let last = try #require(before.last)
        scene.sample { snapshot in
            idle(&snapshot)
            for process in snapshot.processes.indices {
                for thread in snapshot.processes[process].threads.indices
                where .thread(snapshot.processes[process].threads[thread].id) == last {
                    snapshot.processes[process].threads[thread].cpu = Percent(0.2)
                }
            }
        }
        let moved = [last] + before.dropLast()
        #expect(scene.state.level.list.rows.map(\.id) == moved)
        scene.sample(2, idle)
        #expect(scene.state.level.list.rows.map(\.id) == moved)
    }

    /// On a slow line what changes little is not sent again.
    @Test func aSlowLineGetsRoundedFigures() {
        var scene = Scene(columns: 120, place: .threads(of: Scene.streamd))
        scene.state.settings.isSlow = true
        scene.sample(2) { Self.heat("ws-write", to: 33.6, in: &$0) }
        let row = scene.row(4)
        #expect(row.contains("ws-write") && row.contains(" 34 ") && !row.contains("33.6"))
        #expect(!scene.row(2).contains("60s"), "a curve moves on as a whole")
        scene.sample { Self.heat("ws-write", to: 34.4, in: &$0) }
        #expect(scene.row(4) == row)
    }

    @Test func aReusedNumberIsAnotherThread() {
        var scene = Scene(place: .threads(of: Scene.streamd))
        scene.sample(2)
        scene.press(.enter)
        #expect(scene.shows("T4127 poll"))
        scene.sample { snapshot in
            snapshot.processes[2].threads[1] = ThreadSample(
                id: ThreadIdentity(tid: ThreadID(4127), startTime: ClockTicks(99_999)),
                process: ProcessID(2214), name: "impostor", state: .running)
        }
        #expect(scene.shows("This thread has ended"))
        #expect(!scene.shows("impostor"))
    }

    @Test func whoHasEndedKeepsTheNameAndHasNoCurveAfterwards() {
        var scene = Scene(place: .threads(of: Scene.streamd))
        scene.sample(450)
        scene.press(.enter)
        scene.sample(450) { $0.processes[2].threads.removeAll { $0.id == Scene.poll } }
        #expect(scene.shows("This thread has ended"))
        #expect(scene.row(0).contains("streamd 2214 > T4127 poll"))
        #expect(scene.row(1).hasPrefix("T4127 poll"))
        // The right half of the plot is blank, not a line at 0.
        let plot = scene.rows(4..<22).filter { $0.contains("|") }
        #expect(!plot.isEmpty)
        #expect(plot.allSatisfy { $0.count <= 46 }, "\(plot)")
        scene.sample { $0.processes.remove(at: 2) }
        #expect(scene.row(0).contains("streamd 2214 > T4127 poll"))
        #expect(scene.shows("Its process has ended"))
    }

    @Test func aThreadThatWantsTheWholeCPUAndGetsHalfIsHot() {
        var scene = Scene(columns: 80)
        scene.sample(10) { snapshot in
            snapshot.processes[2].threads[1].cpu = Percent(48.0)
            snapshot.processes[2].threads[1].runDelay = Percent(51.0)
            snapshot.processes[2].hottestCPU = Percent(48.0)
        }
        #expect(scene.shows("T4127 poll of streamd 2214: wants a whole CPU, gets 48.0% for 9s+"))
        #expect(scene.shows(" 48.0!"))
        scene.press(.character("2"))
        #expect(scene.row(1).contains("1 hot"))
        scene.press(.character("G"), .character("n"))
        #expect(scene.row(3).hasPrefix(">   4127 poll"))
        scene.press(.enter)
        #expect(scene.row(1).contains("!! HOT for 9s+  CPU-starved: wants a whole CPU, gets 48.0%"))
    }

    @Test(arguments: [
        (120, Float(0), "140 open retr 0.0% ListenOverflows 0/s"),
        (120, 14, "140 open retr 0.0% ListenOverflows 14/s"),
        (80, 0, "140 open retr 0.0%"), (80, 14, "140 open ListenOverflows 14/s"),
    ])
    func figuresOfTCPKeepTheirPlaces(_ columns: Int, _ rate: Float, _ text: String) {
        var scene = Scene(columns: columns)
        scene.sample(2) {
            $0.network = Edge07.network(number: $0.sequence, at: $0.moment)
            $0.network?.counters[.listenOverflows] = Counted(total: 20, rate: Rate(rate))
        }
        #expect(scene.shows("TCP \(text)"), "\(scene.rows(1..<4))")
    }

    @Test func enterGoesDownAndEscapeComesBack() {
        var scene = Scene()
        scene.sample(2)
        #expect(scene.row(0).hasPrefix("edge-07  8 CPU"))
        scene.press(.enter)
        #expect(scene.row(0).hasPrefix("edge-07 > streamd 2214 "))
        scene.press(.enter)
        #expect(scene.row(0).hasPrefix("edge-07 > streamd 2214 > T4127 poll"))
        scene.press(.backspace)
        #expect(scene.row(0).hasPrefix("edge-07 > streamd 2214 "))
        scene.press(.character("q"))
        #expect(scene.row(0).hasPrefix("edge-07  8 CPU"))
    }

    @Test func quittingFromTheRootAsksOnce() {
        var scene = Scene()
        scene.sample()
        scene.press(.character("q"))
        #expect(scene.shows("Quit dxtop?"))
        #expect(!scene.press(.down).quits)
        #expect(!scene.shows("Quit dxtop?"))
        // Who hammers Esc to get home is not asked, and the next key is not lost.
        scene.press(.escape, .escape)
        #expect(!scene.shows("Quit dxtop?"))
        scene.press(.character("q"))
        #expect(scene.press(.character("q")).quits)
        #expect(scene.type(":q").isEmpty)
        #expect(scene.press(.enter).quits)
    }

    @Test func filterAnswersWhileTypedAndEscapeUndoesIt() {
        var scene = Scene()
        scene.sample(2)
        scene.type("/JOURNAL")
        #expect(scene.lists("journald"))
        #expect(!scene.lists("streamd"))
        #expect(scene.row(23).hasPrefix("filter: JOURNAL"))
        scene.press(.escape)
        #expect(scene.lists("streamd"))

        scene.type("/nowhere")
        scene.press(.enter)
        #expect(scene.shows("nothing matches \"nowhere\""))
        scene.press(.escape)
        #expect(scene.lists("streamd"))
        #expect(scene.state.place == .overview)
    }

    @Test func nGoesToTheHotRow() {
        var scene = Scene(place: .threads(of: nil))
        scene.sample(2)
        scene.press(.character("G"), .character("n"))
        #expect(scene.row(3).hasPrefix(">   4127 poll"))

        scene.sample { Self.heat("poll", to: 5, in: &$0) }
        scene.press(.character("n"))
        #expect(scene.row(23).contains("no thread uses or wants 90% of a CPU"))
    }

    @Test func sortsByAnyColumnBothWays() {
        var scene = Scene(columns: 120, rows: 40)
        scene.sample(2)
        scene.press(.character("P"))
        #expect(scene.shows("sort CPU%"))
        scene.press(.character("M"))
        #expect(scene.shows("sort RSS"))
        scene.press(.character("T"), .character(">"))
        #expect(scene.shows("sort COMMAND"))
        let first = Self.firstRow(of: scene)
        scene.press(.character("I"))
        #expect(Self.firstRow(of: scene) != first)
        scene.press(.function(6), .home, .enter)
        #expect(scene.shows("sort PID"))
    }

    @Test func rowsThatShowTheSameFigureKeepTheirPlaces() {
        var scene = Scene(place: .threads(of: Scene.streamd))
        scene.sample { Self.heat("worker-5", to: 2.52, in: &$0) }
        scene.sample()
        let order = scene.state.level.list.rows.map(\.id)
        scene.sample { Self.heat("worker-7", to: 2.54, in: &$0) }
        #expect(scene.state.level.list.rows.map(\.id) == order)
        scene.sample { Self.heat("worker-7", to: 2.56, in: &$0) }
        #expect(scene.state.level.list.rows.map(\.id) != order)
    }

    @Test func troubleOfSamplingIsSaid() {
        var scene = Scene(columns: 120)
        scene.sample { snapshot in
            snapshot.trouble.malformed = 2
            snapshot.trouble.unresponsive = 1
        }
        #expect(scene.shows("! 2 malformed"))
        #expect(scene.shows("! 1 hung"))
    }

    @Test func treeHangsProcessesBelowTheirParents() {
        var scene = Scene()
        scene.sample(2)
        scene.press(.character("t"))
        #expect(scene.shows("`-/opt/streamd"))
        scene.press(.home, .character("-"))
        while !scene.shows("+ /sbin/init") {
            scene.press(.down, .character("-"))
            guard scene.state.level.list.selectedIndex != scene.state.level.list.rows.count - 1
            else { break }
        }
        #expect(scene.shows("+ /sbin/init"))
        #expect(!scene.shows("/opt/streamd"))
        scene.press(.character("+"))
        #expect(scene.shows("/opt/streamd"))
    }

    @Test func parentsInACircleStillHaveTheirRows() {
        var scene = Scene()
        scene.sample { snapshot in
            // Each the other's parent, since the same tick; the third hangs from one of them.
            for (index, parent) in [(0, 57), (1, 1), (3, 57)] as [(Int, Int32)] {
                let old = snapshot.processes[index]
                snapshot.processes[index] = ProcessSample(
                    id: ProcessIdentity(pid: old.id.pid, startTime: ClockTicks(500)),
                    parent: ProcessID(parent), name: old.name, command: old.command,
                    state: old.state, cpu: old.cpu, hottestCPU: old.hottestCPU,
                    threads: old.threads)
            }
        }
        scene.press(.character("t"))
        let rows = scene.state.level.list.rows
        #expect(rows.count == 4)
        #expect(Set(rows.map(\.id)).count == 4)
    }

    @Test func whoBeganLaterIsNoParent() {
        var scene = Scene()
        scene.sample { snapshot in
            let old = snapshot.processes[0]
            snapshot.processes[0] = ProcessSample(
                id: ProcessIdentity(pid: old.id.pid, startTime: ClockTicks(99_000)), name: "new",
                state: .sleeping, cpu: .zero, hottestCPU: .zero)
        }
        scene.press(.character("t"))
        #expect(!scene.shows("`-/opt/streamd"))
        #expect(scene.lists("/opt/streamd"))
    }

    @Test func aFilterFindsWhatIsFoldedAway() {
        var scene = Scene()
        scene.sample(2)
        scene.press(.character("t"), .home, .down, .character("-"))
        #expect(!scene.lists("streamd"))
        scene.type("/streamd")
        scene.press(.enter)
        #expect(scene.lists("`-/opt/streamd"))
        #expect(!scene.lists("journald"))
        scene.press(.escape)
        #expect(!scene.lists("streamd"))
    }

    @Test func threadsAmongProcessesAreSortedByTheNumberThatIsShown() {
        var scene = Scene(columns: 120, rows: 40)
        scene.sample(2)
        scene.press(.character("H"), .function(6), .home, .enter)
        let numbers = (6..<39).compactMap { row in
            scene.row(row).split(separator: " ").first { $0 != ">" }.flatMap { Int($0) }
        }
        #expect(numbers.contains(4127) && numbers.contains(57))
        #expect(numbers == numbers.sorted(by: >))
        scene.type("/2214")
        #expect(scene.shows("rdk:broker1"))
    }

    @Test func aFilterHasTheFieldsThatItReadsSampled() throws {
        var scene = Scene(place: .threads(of: nil))
        scene.sample(2)
        let wanted = scene.type("/futex").compactMap { effect -> Interest? in
            if case .read(let interest, _) = effect { interest } else { nil }
        }
        #expect(try #require(wanted.last).columnsForAll.contains(.activity))
        let after = scene.press(.escape).compactMap { effect -> Interest? in
            if case .read(let interest, _) = effect { interest } else { nil }
        }
        #expect(try #require(after.last).columnsForAll.isEmpty)
    }

    @Test func whatMayNotBeReadSaysWhatWouldHelp() throws {
        var scene = Scene(place: .thread(Scene.poll, of: Scene.streamd))
        scene.snapshot.selectedThread = try Scene.deniedDetail()
        scene.sample(2)
        #expect(scene.shows("- not permitted: needs root or the same user"))
        #expect(scene.shows("- needs root (CAP_SYS_ADMIN)"))
        scene.state.settings.isRoot = true
        #expect(scene.shows("- not permitted, even as root: a container lacks CAP_SYS_PTRACE"))
        #expect(scene.shows("- not permitted, even as root: a container lacks CAP_SYS_ADMIN"))
    }

    @Test func aMachineOfUnknownSizeIsNotOfNone() {
        var scene = Scene()
        scene.sample { $0.host.cpuCount = nil }
        #expect(scene.row(0).hasPrefix("edge-07  - CPU"))
        #expect(scene.shows("run 2/- "))
    }

    @Test func threadsStandAmongProcesses() {
        var scene = Scene()
        scene.sample(2)
        scene.press(.character("H"))
        #expect(scene.shows("poll"))
        scene.press(.character("H"))
        #expect(!scene.lists(" poll"))
    }

    @Test func keysOneAndTwoChangeTheView() {
        var scene = Scene()
        scene.sample(2)
        scene.press(.character("2"), .down, .down)
        let selected = scene.state.level.list.selected
        #expect(scene.state.place == .threads(of: nil))
        scene.press(.character("1"))
        #expect(scene.state.place == .overview)
        scene.press(.character("2"))
        #expect(scene.state.level.list.selected == selected)
    }

    @Test func helpNamesEveryKeyAndColumnOfThePlace() {
        var scene = Scene(columns: 100, rows: 80)
        scene.sample(2)
        scene.press(.character("?"))
        for word in ["Enter", "F6", "H ", "t F5", "[ ] { }", "Ctrl-L", "MAXT%", "strace -c"] {
            #expect(scene.shows(word), "\(word)")
        }
        scene.press(.character("?"))
        #expect(!scene.shows("Ctrl-L"))
    }

    @Test func helpAndSortMenuAreWholeOnANarrowScreen() {
        var scene = Scene(columns: 60, rows: 24, place: .threads(of: nil))
        scene.sample(2)
        scene.press(.character("?"))
        var text = ""
        for _ in 0..<80 {
            text += scene.rows(2..<22).map { $0.filter { $0 != "|" } }.joined()
            scene.press(.down)
        }
        let words = text.split(separator: " ").joined(separator: " ")
        #expect(words.contains("time runnable but without a CPU; includes throttling by a cgroup"))
        #expect(words.contains("dxtop's own CPU% of one CPU, resident memory"))
        #expect(scene.shows(" end "))
        scene.press(.character("?"), .function(6))
        for column in ["TID", "NAME", "PROCESS", "PID", "S", "CPU%", "USR%", "SYS%", "WAIT%"] {
            scene.press(.home)
            for _ in 0..<14 where !scene.shows("> \(column) ") { scene.press(.down) }
            #expect(scene.shows("> \(column) "), "\(column)")
        }
        #expect(scene.shows("throttling"))
    }

    @Test func theRuleKeepsWhatFits() {
        var scene = Scene(columns: 60, place: .threads(of: Scene.streamd))
        scene.sample(2)
        scene.press(.character("F"), .down)
        #expect(scene.row(1).contains("follow  sort CPU%"))
        #expect(!scene.row(1).contains("sorting paused"))
    }

    @Test func refreshIntervalIsChecked() {
        var scene = Scene()
        scene.sample()
        scene.type("d0.5")
        let effects = scene.press(.enter)
        #expect(
            effects.contains {
                if case .setInterval(.milliseconds(500)) = $0 { true } else { false }
            })
        #expect(scene.shows("LIVE 0.5s"))
        for wrong in ["0", "-1", "abc", "1e9", "nan"] {
            scene.type("d" + wrong)
            #expect(scene.press(.enter).isEmpty, "\(wrong)")
            #expect(scene.row(23).contains("0.2 to 3600"))
        }
    }

    @Test func refreshesThatComeLaterSayHowFarApart() {
        var scene = Scene()
        scene.sample {
            $0.interval = .milliseconds(3249)
            $0.ownCost.isHeldBack = true
        }
        #expect(scene.row(0).contains("LIVE 3.2s budget"))
        scene.sample { $0.ownCost.isHeldBack = false }
        #expect(scene.row(0).contains("LIVE 1s "))
    }

    @Test func aSystemCallOfAnotherABIHasNoName() throws {
        // Number 7 waits for a child in a 32-bit program, and polls in a native one.
        let stat =
            "4131 (rdk) S 1 1 1 0 -1 64 0 0 0 0 0 0 0 0 20 0 12 0 9000 1000000 250 "
            + "18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
        let thread = ThreadIdentity(tid: ThreadID(4131), startTime: ClockTicks(9000))
        var detail = ThreadDetail(
            id: thread, process: ProcessID(2214),
            stat: try TaskStat(parsing: Array(stat.utf8).span),
            systemCall: .success(.blocked(number: 7, arguments: [1, 2, 3, 0, 0, 0])),
            kernelStack: .success([]), io: .failure(.denied(path: "io")))
        var scene = Scene(place: .thread(thread, of: Scene.streamd))
        scene.sample { $0.selectedThread = detail }
        #expect(scene.shows("syscall 7(0x1, 0x2"))
        detail.systemCallName = "poll"
        scene.sample { $0.selectedThread = detail }
        #expect(scene.shows("poll(fds 0x1, nfds 2, timeout_ms 3)"))
    }

    private static func heat(_ name: String, to cpu: Double, in snapshot: inout Snapshot) {
        for index in snapshot.processes[2].threads.indices
        where snapshot.processes[2].threads[index].name == name {
            snapshot.processes[2].threads[index].cpu = Percent(cpu)
        }
    }

    private static func firstRow(of scene: Scene) -> RowID? {
        scene.state.level.list.rows.first?.id
    }
}

extension [Effect] {
    var quits: Bool { contains { if case .quit = $0 { true } else { false } } }
    var stopTool: Bool { contains { if case .stopTool = $0 { true } else { false } } }
}
