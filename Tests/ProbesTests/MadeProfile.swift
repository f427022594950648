import ProcSampling
import Units

@testable import Probes

/// A profile as a test has it: chains written "main;work;spin", the count of each behind it.
func madeProfile(
    _ chains: [(thread: String, chain: String, count: Int)],
    event: ProfileRequest.Event = .cpuClock(frequency: 100)
) -> Profile {
    let process = ProcessIdentity(pid: ProcessID(2214), startTime: ClockTicks(5))
    var profile = Profile(
        request: ProfileRequest(target: .process(process), event: event),
        method: .perfEvents(kernel: true), elapsed: .seconds(5))
    for (name, chain, count) in chains {
        let frames = chain.split(separator: ";").map { word in
            let frame = madeFrame(String(word))
            if let known = profile.frames.firstIndex(of: frame) { return known }
            profile.frames.append(frame)
            return profile.frames.count - 1
        }
        let thread =
            profile.threads.firstIndex { $0.name == name }
            ?? {
                let tid = ThreadID(4127 + Int32(profile.threads.count))
                profile.threads.append(
                    Profile.Thread(process: process.pid, tid: tid, name: name, samples: 0))
                return profile.threads.count - 1
            }()
        profile.threads[thread].samples += count
        profile.samples += count
        profile.stacks.append(Profile.Stack(frames: frames, thread: thread, count: count))
    }
    return profile
}

/// "k:" before a name makes it the kernel's, "?:" a guess.
func madeFrame(_ word: String) -> CodeFrame {
    let name = String(word.drop { $0 != ":" }.dropFirst())
    return switch word.prefix(2) {
    case "k:": CodeFrame(name: name, module: "[kernel]", origin: .kernel)
    case "?:": CodeFrame(name: name, module: "libc.so.6", isGuessed: true)
    default: CodeFrame(name: word, module: "streamd")
    }
}
