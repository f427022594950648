import Dashboard
import Samples
import Screen
import TestSupport
import Testing
import Units

extension Scene {
    /// A disk that a writer keeps busy, one that rests, and one of which nothing is known yet.
    static func disks(columns: Int, rows: Int = 24, glyphs: Glyphs = .ascii) -> Scene {
        var scene = Scene(columns: columns, rows: rows, glyphs: glyphs, place: .disk)
        let none = DiskSample.Operations(rate: .zero, bytes: .zero)
        scene.snapshot.disks = [
            DiskSample(name: "nvme0n1", inFlight: 0),
            DiskSample(
                name: "sda", reads: none, writes: none, discards: none,
                flushes: DiskSample.Operations(rate: .zero), inFlight: 0, queue: 0,
                utilization: .zero),
            DiskSample(
                name: "vda",
                reads: DiskSample.Operations(
                    rate: Rate(12.0), bytes: Rate(49_152.0), wait: .microseconds(310)),
                writes: DiskSample.Operations(
                    rate: Rate(8321.0), bytes: Rate(545_923_072.0), wait: .microseconds(2140)),
                discards: none,
                flushes: DiskSample.Operations(rate: Rate(812.0), wait: .microseconds(1100)),
                inFlight: 9, queue: 17.25, utilization: Percent(97.3)),
        ]
        scene.sample(2)
        return scene
    }
}

@Suite struct DiskTests {
    @Test(arguments: [80, 160]) func theBusiestDiskComesFirst(_ columns: Int) {
        Golden.expect(Scene.disks(columns: columns).state.render(), matches: "disk-\(columns)x24")
    }

    @Test func theOverviewNamesTheBusiestDisk() {
        var scene = Scene.disks(columns: 120)
        scene.press(.character("1"))
        #expect(scene.row(2).contains("vda is 97% busy"))
        // Where pressure speaks, the name is told all the same.
        scene.sample { $0.host.ioPressure = Made.pressure(some: 60) }
        #expect(scene.row(2).contains("vda 97%"))
        scene.sample {
            $0.host.ioPressure = Made.pressure(some: 0)
            $0.disks[2].utilization = Percent(41.0)
        }
        #expect(scene.row(2).contains("vda 41%"))
    }

    @Test func aFilterAndASortActOnDisks() {
        var scene = Scene.disks(columns: 120)
        scene.press(.character("/"))
        scene.type("sd")
        scene.press(.enter)
        #expect(scene.shows("sda ") && !scene.shows("vda "))
        scene.press(.escape)
        #expect(scene.shows("vda "))
    }

    /// Nothing that acts on processes acts on a disk.
    @Test func aDiskIsNoProcess() {
        var scene = Scene.disks(columns: 120)
        scene.press(.character("p"))
        #expect(!scene.shows("PROFILE"))
    }

    @Test func withoutDisksTheViewSaysWhy() {
        var scene = Scene(place: .disk)
        scene.sample(2)
        #expect(scene.shows("/proc/diskstats is missing"))
    }
}
