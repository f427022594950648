import Dashboard
import Diagnosis
import Probes
import ProcSampling
import Screen
import Testing
import Units

@Suite struct ToolTests {
    private func scene() -> Scene {
        var scene = Scene(place: .threads(of: Scene.streamd))
        scene.sample(2)
        return scene
    }

    /// What a finding prints of a tool is what the menu runs.
    @Test func aFindingsPingIsTheMenus() throws {
        let address = IPAddress(v4: 0x0A09_0104)
        let step = NextStep.tool("ping", of: .peer(address), "whether it answers")
        let tool = try #require(ToolCatalogue.tool(withID: "ping"))
        let words = tool.steps[0].map { $0 == "{address}" ? address.description : $0 }
        #expect(step.command == words.joined(separator: " "))
    }

    private func started(_ effects: [Effect]) -> (tool: String, target: ToolTarget, run: Int)? {
        for case .startTool(let tool, let target, let run) in effects {
            return (tool.id, target, run)
        }
        return nil
    }

    private let outcome = ToolOutcome(
        ending: .done, targetAfterwards: "T4127 runs on, untraced",
        conclusion: "0 system calls in 10 s")

    @Test func cardSaysEverythingBeforeTheToolStartsByItself() throws {
        var scene = scene()
        #expect(started(scene.press(.character("s"))) == nil)
        #expect(scene.shows("strace -c -p 4127"))
        #expect(scene.shows("! overhead"))
        #expect(scene.shows("limit    10 s"))
        #expect(scene.shows("starts in 3 s"))
        #expect(started(scene.wait(.seconds(2))) == nil)
        #expect(scene.shows("starts in 1 s"))
        let start = try #require(started(scene.wait(.seconds(1))))
        #expect(start.tool == "strace-summary")
        #expect(start.target == .thread(ThreadTarget(process: Scene.streamd, thread: Scene.poll)))
    }

    @Test func aKernelThreadMakesNoSystemCallsToCount() {
        var scene = Scene(place: .threads(of: Scene.streamd))
        scene.sample(2) { $0.processes[2].isKernelThread = true }
        scene.press(.character("s"))
        #expect(scene.shows("is a kernel thread: it makes no system calls; p profiles it"))
        #expect(scene.state.place == .threads(of: Scene.streamd))
    }

    @Test func enterStartsAtOnceAndEscapeCancels() {
        var scene = scene()
        scene.press(.character("s"))
        #expect(!scene.press(.escape).stopTool)
        #expect(scene.state.place == .threads(of: Scene.streamd))
        #expect(started(scene.wait(.seconds(9))) == nil)
        scene.press(.character("s"))
        #expect(started(scene.press(.enter)) != nil)
    }

    @Test func outputStreamsAndTheEndIsSaid() {
        var scene = scene()
        scene.press(.character("s"))
        let run = started(scene.press(.enter))?.run ?? 0
        _ = scene.state.update(
            .tool(.output(Array("strace: attached\n".utf8)), run: run), at: scene.now)
        scene.wait(.seconds(4))
        #expect(scene.shows("strace: attached"))
        #expect(scene.shows("6 s left"))
        _ = scene.state.update(.tool(.finished(outcome), run: run), at: scene.now)
        #expect(scene.shows("0 system calls in 10 s"))
        #expect(scene.shows("T4127 runs on, untraced"))
        scene.press(.escape)
        #expect(scene.state.place == .threads(of: Scene.streamd))
    }

    @Test func escapeStopsARunningToolOnce() {
        var scene = scene()
        scene.press(.character("s"))
        let run = started(scene.press(.enter))?.run ?? 0
        #expect(scene.press(.escape).stopTool)
        #expect(scene.shows("stopping"))
        #expect(!scene.press(.escape).stopTool)
        let stopped = ToolOutcome(ending: .stopped, targetAfterwards: "T4127 runs on, untraced")
        _ = scene.state.update(.tool(.finished(stopped), run: run), at: scene.now)
        #expect(scene.shows("stopped"))
    }

    @Test func theNextToolIsOneKeyAway() {
        var scene = scene()
        scene.press(.character("s"))
        let run = started(scene.press(.enter))?.run ?? 0
        scene.press(.character("p"))
        #expect(scene.shows("still runs"))
        _ = scene.state.update(.tool(.finished(outcome), run: run), at: scene.now)
        scene.press(.enter)
        #expect(scene.shows("strace -tt"))
        // Late output of the tool before does not end up in this one's.
        _ = scene.state.update(.tool(.output(Array("late\n".utf8)), run: run), at: scene.now)
        scene.press(.enter)
        #expect(!scene.shows("late"))
    }

    @Test func failureSaysWhyAndWhatHelps() {
        var scene = scene()
        scene.press(.character("s"))
        let run = started(scene.press(.enter))?.run ?? 0
        let failed = ToolOutcome(
            ending: .failed(reason: "strace is not installed", remedy: "apt install strace"),
            targetAfterwards: "T4127 runs on, untraced")
        _ = scene.state.update(.tool(.finished(failed), run: run), at: scene.now)
        #expect(scene.shows("strace is not installed"))
        #expect(scene.shows("apt install strace"))
    }

    @Test func menuShowsCommandEffectAndLimitOfEachTool() {
        var scene = Scene(columns: 120, rows: 60, place: .threads(of: Scene.streamd))
        scene.sample(2)
        scene.press(.character("x"))
        for tool in ToolCatalogue.threadTools {
            #expect(scene.shows(tool.title), "\(tool.id)")
            #expect(scene.shows("\(tool.seconds) s"), "\(tool.id)")
        }
        #expect(scene.shows("strace -c -p 4127"))
        scene.press(.end, .enter)
        #expect(scene.shows("starts in 3 s"))
    }

    @Test func toolOfAProcessIsForItsHottestThread() throws {
        var scene = Scene()
        scene.sample(2)
        scene.press(.character("s"))
        let start = try #require(started(scene.press(.enter)))
        #expect(start.target == .thread(ThreadTarget(process: Scene.streamd, thread: Scene.poll)))
    }

    /// What the first file is to hold.
    private func saved(_ effects: [Effect]) -> String? {
        effects.lazy.compactMap { effect in
            if case .save(_, let contents) = effect {
                String(decoding: contents, as: UTF8.self)
            } else {
                nil
            }
        }.first
    }

    @Test func outputIsSavedWithWhatItIs() throws {
        var scene = scene()
        scene.press(.character("s"))
        let run = started(scene.press(.enter))?.run ?? 0
        _ = scene.state.update(
            .tool(.output(Array("line 1\nline 2\n".utf8)), run: run), at: scene.now)
        _ = scene.state.update(.tool(.finished(outcome), run: run), at: scene.now)
        scene.press(.character("w"))
        #expect(scene.row(23).hasPrefix("save as: dxtop-strace-summary-T4127-2025"))
        let text = try #require(saved(scene.press(.enter)))
        #expect(text.contains("strace -c -p 4127"))
        #expect(text.contains("line 1\nline 2\n"))
        #expect(text.contains("# 0 system calls in 10 s"))
    }

    @Test func noNameMakesALineOfASavedFile() throws {
        var scene = scene()
        scene.sample { $0.processes[2].threads[1].name = "poll\n$ reboot" }
        scene.press(.character("s"))
        let run = started(scene.press(.enter))?.run ?? 0
        _ = scene.state.update(.tool(.finished(outcome), run: run), at: scene.now)
        scene.press(.character("w"))
        let lines = try #require(saved(scene.press(.enter))).split(separator: "\n")
        #expect(lines.contains { $0.contains(#"poll\n$ reboot"#) })
        #expect(!lines.contains("$ reboot"))
    }

    @Test func aToolForAThreadThatHasEndedSaysSo() {
        var scene = scene()
        scene.press(.enter)
        scene.sample { $0.processes[2].threads.removeAll { $0.id == Scene.poll } }
        scene.press(.character("s"))
        #expect(scene.row(23).contains("T4127 poll has ended"))
        scene.press(.character("x"))
        #expect(scene.row(23).contains("T4127 poll has ended"))
    }

    @Test func aThreadOfAnEarlierSampleIsATargetOnlyIfItIsStillThere() {
        var scene = scene()
        scene.sample { $0.processes[2].threads.removeAll { $0.id == Scene.poll } }
        scene.press(.character("["))
        scene.press(.home)
        #expect(scene.row(3).contains("4127 poll"))
        scene.press(.character("s"))
        #expect(scene.row(23).contains("T4127 poll has ended"))
        scene.press(.down, .character("s"))
        #expect(scene.shows("strace -c -p 4131"))
    }

    @Test(arguments: [
        ("~/trace.txt", "/home/ada/trace.txt"), ("~", "/home/ada"), ("/tmp/x", "/tmp/x"),
        ("x", "/srv/x"), ("~root/x", "/srv/~root/x"),
    ])
    func pathsAreTakenAsAShellWould(_ typed: String, _ path: String) {
        var scene = scene()
        scene.state.settings.directory = "/srv"
        scene.state.settings.homeDirectory = "/home/ada"
        scene.press(.character("s"))
        let run = started(scene.press(.enter))?.run ?? 0
        _ = scene.state.update(.tool(.finished(outcome), run: run), at: scene.now)
        scene.press(.character("w"), .control("u"))
        scene.type(typed)
        let paths = scene.press(.enter).compactMap { effect in
            if case .save(let path, _) = effect { path } else { nil }
        }
        #expect(paths == [path])
    }

    @Test(arguments: [(80, 24), (80, 12), (60, 24), (100, 40)])
    func theSelectedToolIsAlwaysInSightAndNothingIsCut(_ columns: Int, _ rows: Int) {
        var scene = Scene(columns: columns, rows: rows, place: .threads(of: Scene.streamd))
        scene.sample(2)
        scene.press(.character("x"), .end)
        for tool in ToolCatalogue.threadTools.reversed() {
            let title = tool.title.prefix(columns - 10)
            #expect(scene.shows("> \(tool.key.map(String.init) ?? " ")  \(title)"), "\(tool.id)")
            #expect(!scene.shows("~ |"), "cut at the edge of the box")
            scene.press(.up)
        }
    }

    @Test func theMenuShowsWholeCommandsOnANarrowScreen() {
        var scene = Scene(columns: 80, rows: 60, place: .threads(of: Scene.streamd))
        scene.sample(2)
        scene.press(.character("x"))
        let screen = scene.rows(0..<60).map { $0.filter { $0 != " " && $0 != "|" } }.joined()
        for tool in ToolCatalogue.threadTools {
            for step in tool.steps {
                let end = step.suffix(2).joined().replacing("{tid}", with: "4127")
                    .replacing("{data}", with: "perf-4127.data")
                #expect(screen.contains(end), "\(tool.id): \(end)")
            }
        }
    }

    @Test func longFailuresAreWrapped() {
        var scene = scene()
        scene.press(.character("x"), .end, .up, .up, .up, .enter)
        #expect(scene.shows("data     to a private file instead"))
        let run = started(scene.press(.enter))?.run ?? 0
        let remedy =
            "run dxtop as root; in a container, add CAP_SYS_PTRACE or use its host; "
            + "a debugger or a sandbox may hold it too"
        let failed = ToolOutcome(
            ending: .failed(reason: "perf cannot attach to T4127", remedy: remedy),
            targetAfterwards: "T4127 runs on, untraced")
        _ = scene.state.update(.tool(.finished(failed), run: run), at: scene.now)
        #expect(scene.shows("sandbox may hold it too"))
        let path = "/srv/" + String(repeating: "deep/", count: 20) + "trace.txt"
        _ = scene.state.update(
            .saved(message: "no right to write \(path): choose another directory", failed: true),
            at: scene.now)
        #expect(scene.row(21).hasPrefix("! no right to write"))
        #expect(scene.row(23).hasSuffix("choose another directory"))
        scene.press(.character("j"))
        #expect(scene.row(23).hasPrefix("Enter") || scene.row(23).contains("Esc back"))
    }

    @Test func noToolsForAnotherProcTree() {
        var scene = scene()
        scene.state.settings.traits.machine = .foreign
        scene.press(.character("s"))
        #expect(scene.row(23).contains("tools need the live machine"))
    }

    @Test func leavingStopsTheTool() {
        var scene = scene()
        scene.press(.character("s"), .enter)
        #expect(scene.press(.character("1")).stopTool)
        #expect(scene.state.place == .overview)
    }
}
