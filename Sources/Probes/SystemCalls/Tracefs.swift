import CLinux
import Glibc
import ProcReading
import Samples
import SystemPackage

/// Where the kernel tells its tracepoints' numbers, which other kernels number otherwise: for root
/// only. Documentation/trace/events.rst
struct Tracefs: Sendable {
    /// The second is where it was before 4.1, and may still be.
    var folders = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]

    /// For each entry and each return of a system call.
    struct Tracepoints: Hashable, Sendable {
        let enter: UInt64
        let leave: UInt64
    }

    var price: String {
        "mount tracefs at \(folders[0]) for the moment that it takes to read two numbers there"
    }

    func tracepoints() throws(TracefsError) -> Tracepoints {
        for folder in folders {
            let events = folder + "/events/raw_syscalls/"
            do throws(Errno) {
                guard let enter = try number(events + "sys_enter/id"),
                    let leave = try number(events + "sys_exit/id")
                else { continue }
                return Tracepoints(enter: enter, leave: leave)
            } catch Errno.permissionDenied {
                throw .denied
            } catch Errno.noSuchFileOrDirectory {
                continue
            } catch {
                throw .failed(error)
            }
        }
        throw .notMounted
    }

    func tracepointsByMounting() throws(TracefsError) -> Tracepoints {
        do throws(TracefsError) {
            return try tracepoints()
        } catch .notMounted {
            guard clinux_mount("tracefs", folders[0]) else {
                throw .notMountable(Errno.current)
            }
            // The numbers stay the same until the next boot: nobody needs it any longer.
            defer { clinux_unmount(folders[0]) }
            return try tracepoints()
        }
    }

    private func number(_ path: String) throws(Errno) -> UInt64? {
        let bytes = try smallFile(path)
        return UInt64(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}

/// Why calls cannot be counted by tracepoints.
enum TracefsError: Error, Hashable {
    case notMounted
    case denied
    case notMountable(Errno)
    case failed(Errno)
    /// perf_event_open(2) refuses.
    case noEvents(Errno)

    /// For people.
    var sentence: String {
        switch self {
        case .notMounted: "It was not counted: tracefs is not mounted."
        case .denied: "It was not counted: the kernel's tracepoints are for root."
        case .notMountable(let error): "It was not counted: tracefs cannot be mounted (\(error))."
        case .failed(let error): "It was not counted: tracefs cannot be read (\(error))."
        case .noEvents(let error):
            "It was not counted: the kernel's tracepoints may not be used (\(error))."
        }
    }
}
