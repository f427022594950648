import Dashboard
import ProcFormats
import ProcSampling
import Screen
import TestSupport
import Testing
import Units

/// A view is the same whether its samples come from the machine or from a recording, and whether one
/// sees it at the time or steps back to it.
@Suite struct ThreeWaysTests {
    struct Shown: Sendable, CustomTestStringConvertible {
        let name: String
        let columns: Int
        let make: @Sendable (_ columns: Int) -> Scene

        var testDescription: String { "\(name) \(columns)" }
    }

    static let views: [Shown] =
        [80, 120].flatMap { columns in
            [
                Shown(name: "overview", columns: columns) { columns in
                    place(.overview, columns)
                },
                Shown(name: "overview with findings", columns: columns) { columns in
                    .growing(.linear, seconds: 300, columns: columns, place: .overview)
                },
                Shown(name: "overview with a network", columns: columns) { columns in
                    .network(columns: columns, place: .overview, seconds: 30)
                },
                Shown(name: "threads", columns: columns) { columns in
                    place(.threads(of: Scene.streamd), columns)
                },
                Shown(name: "host threads", columns: columns) { columns in
                    place(.threads(of: nil), columns)
                },
                Shown(name: "thread", columns: columns) { columns in
                    var scene = Scene(
                        columns: columns, rows: 40,
                        place: .thread(Scene.poll, of: Scene.streamd))
                    scene.snapshot.selectedThread = try? Scene.deniedDetail()
                    scene.sample(30)
                    return scene
                },
                Shown(name: "disk", columns: columns) { columns in .disks(columns: columns) },
                Shown(name: "sockets", columns: columns) { columns in
                    .network(columns: columns, seconds: 30)
                },
                Shown(name: "sockets by state", columns: columns) { columns in
                    var scene = Scene.network(columns: columns, seconds: 30)
                    scene.press(.tab)
                    return scene
                },
                Shown(name: "sockets by peer", columns: columns) { columns in
                    var scene = Scene.network(columns: columns, seconds: 30)
                    scene.press(.tab, .tab)
                    return scene
                },
                Shown(name: "sockets by process", columns: columns) { columns in
                    var scene = Scene.network(columns: columns, seconds: 30)
                    scene.press(.tab, .tab, .tab)
                    return scene
                },
                Shown(name: "UDP", columns: columns) { columns in
                    .network(columns: columns, place: .udp, seconds: 30)
                },
                Shown(name: "UDP socket", columns: columns) { columns in
                    var scene = Scene.network(columns: columns, place: .udp)
                    scene.press(.enter)
                    return scene
                },
                Shown(name: "TCP socket", columns: columns) { columns in
                    .network(columns: columns, place: .socket(Edge07.id(3)), seconds: 30)
                },
                Shown(name: "losses", columns: columns) { columns in
                    .network(columns: columns, place: .losses, seconds: 30)
                },
            ]
        }
        + Course.allCases.map { course in
            Shown(name: "memory \(course)", columns: 80) { columns in
                .growing(course, seconds: 600, columns: columns)
            }
        }

    private static func place(_ place: Place, _ columns: Int) -> Scene {
        var scene = Scene(columns: columns, rows: 40, place: place)
        scene.sample(30)
        return scene
    }

    @Test(arguments: views) func aRecordingLooksLikeTheMachine(_ view: Shown) {
        let live = view.make(view.columns)
        let recorded = Scene.$isRecorded.withValue(true) { view.make(view.columns) }
        #expect(
            Golden.description(of: recorded.state.render())
                == Golden.description(of: live.state.render()))
    }

    @Test(arguments: views) func aMomentAgoLooksAsItDidThen(_ view: Shown) {
        var scene = view.make(view.columns)
        let then = scene.state.render()
        scene.sample { snapshot in
            snapshot.processes.removeLast()
            snapshot.processes[2].threads.removeLast(3)
            snapshot.network = Edge07.network(
                number: snapshot.sequence, at: snapshot.moment)
            snapshot.network?.sockets.sockets.removeLast(2)
            snapshot.network?.counters = NetworkCounters()
            snapshot.memoryGroups = [:]
        }
        scene.press(.character("["))
        let now = scene.state.render()
        #expect(now.text(row: 0).contains("FROZEN -1s"))
        // The bottom line says how to go on live.
        for row in 1..<scene.state.size.rows - 1 {
            #expect(now.text(row: row) == then.text(row: row), "row \(row)")
        }
    }

    /// Fewer rows than there were are called so.
    @Test func whatWasNotKeptIsCounted() {
        var scene = Scene(columns: 120, rows: 24, place: .threads(of: nil))
        let idle = (0..<9_000).map { number in
            ThreadSample(
                id: ThreadIdentity(tid: ThreadID(20_000 + number), startTime: ClockTicks(9500)),
                process: Scene.streamd.pid, name: "idle", state: .sleeping, cpu: .zero)
        }
        scene.snapshot.processes[2].threads += idle
        scene.snapshot.processes[2].threadCount += idle.count
        scene.sample(3)
        scene.press(.character("["))
        #expect(scene.row(1).contains("recorded: 7,169 of 9,015 threads kept"), "\(scene)")
        scene.press(.character(" "))
        #expect(!scene.row(1).contains("recorded"), "\(scene)")
    }
}
