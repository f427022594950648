/// Whether the dashboard's memory stays what it is: `long-run SAMPLES [SECONDS]` lets it take in so
/// many samples of a made-up box, SECONDS (1) apart, on which everything comes and goes, draws each,
/// and uses its keys. Prints what it holds after every twentieth part.

import Dashboard
import Glibc
import ProcFormats
import ProcSampling
import Screen
import TestSupport
import Units

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard let samples = numbers.first, samples >= 20, numbers.count < 3 else {
    print("usage: long-run SAMPLES [SECONDS]")
    exit(2)
}
let step = numbers.dropFirst().first ?? 1

var box = MadeBox(secondsApart: step)
var state = State(
    settings: Settings(glyphs: .blocks), size: Size(columns: 120, rows: 40),
    interval: .seconds(step), userNames: UserNames(parsing: [UInt8]().span))
/// Views, their drill-downs, and the way back.
let keys: [Key] = [
    .character("1"), .character("2"), .enter, .escape, .character("3"), .enter, .escape,
    .character("4"), .enter, .escape, .character("5"), .enter, .escape, .character("6"), .escape,
    .character("t"),
    .character("H"), .character("z"), .character(" "),
]
var now = Duration.zero
var cells = 0

print("samples    hours  RSS MiB  anonymous MiB")
for number in 1...samples {
    now += .seconds(step)
    _ = state.update(.sample(box.next()), at: now)
    if number % 7 == 0 { _ = state.update(.key(keys[number / 7 % keys.count]), at: now) }
    cells += state.render().cells.count
    if number % (samples / 20) == 0 {
        let memory = OwnMemory.read()
        let hours = Double(number * step) / 3600
        print(
            number, hours.tenths, memory.resident.tenths, memory.anonymous.tenths, separator: "  ")
    }
}

extension Double {
    fileprivate var tenths: Double { (self * 10).rounded() / 10 }
}

/// Resident memory of this program in MiB, and the part of it that no file is behind:
/// `/proc/self/status`, proc_pid_status(5).
struct OwnMemory {
    var resident = 0.0
    var anonymous = 0.0

    static func read() -> OwnMemory {
        var memory = OwnMemory()
        guard let file = fopen("/proc/self/status", "r") else { return memory }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = line.withUnsafeBytes {
                String(decoding: $0.prefix { $0 != 10 }, as: UTF8.self)
            }
            .split(whereSeparator: \.isWhitespace)
            guard words.count > 1, let kibibytes = Double(words[1]) else { continue }
            if words[0] == "VmRSS:" { memory.resident = kibibytes / 1024 }
            if words[0] == "RssAnon:" { memory.anonymous = kibibytes / 1024 }
        }
        return memory
    }
}
