package import ProcFormats
package import Units

/// Tells what a tree has of all that /proc may hold: by trying, since kernels differ in more than
/// their versions. Belongs to one thread.
package final class TreeSurvey {
    /// A file of the tree.
    package enum Entry: Sendable {
        case host(StaticString)
        /// Of some process that is none of the kernel's.
        case process(StaticString)
        /// Of the first thread of such a process.
        case thread(StaticString)
    }

    package enum Presence: Hashable, Sendable {
        case there
        case missing
        case denied
    }

    /// So many processes are tried for one that has a file: some may not be read, others
    /// have none.
    private static let mostProcesses = 64

    private let reader: ProcReader
    private let processes: [ProcessID]

    /// - Parameter processes: of which files are searched, as far as they are needed: none of the
    ///   kernel's, and none that has ended.
    package init(_ root: ProcRoot, processes: some Sequence<ProcessID>) {
        reader = ProcReader(root: root)
        self.processes = Array(processes.prefix(Self.mostProcesses))
    }

    /// Whether there is such a file with something in it, and a line that begins so.
    package func presence(of entry: Entry, line: StaticString? = nil) -> Presence {
        switch entry {
        case .host(let name): return presence(of: .host(name), line)
        case .process(let name):
            return best(line) { .process($0, name) }
        case .thread(let name):
            return best(line) { .thread($0, ThreadID($0.rawValue), name) }
        }
    }

    /// Whether some thread's scheduling figures are more than the zeros of a kernel that keeps none.
    package var keepsSchedule: Bool {
        processes.contains { process in
            let file = ProcFile.thread(process, ThreadID(process.rawValue), "schedstat")
            let schedule = try? reader.read(file, as: SchedStat.self)
            return (schedule?.timeslices ?? 0) > 0
        }
    }

    /// Where a controller's groups are.
    package struct Group: Hashable, Sendable {
        package var version: Int
        /// They are there, too, and not only known to have been.
        package var isBeside: Bool
    }

    /// The hierarchy of a controller, as the first process that tells sees it.
    package func group(_ controller: String) -> Group? {
        let mounts = mountInfo { bytes, faults throws(ParseError) in
            try CgroupMounts(parsing: bytes, noting: &faults).mounts
        }
        guard let mounts, let known = GroupHierarchy(of: controller, among: mounts) else {
            return nil
        }
        let beside = GroupHierarchies.beside(mounts, reader.root)
        return Group(
            version: known.isUnified ? 2 : 1,
            isBeside: GroupHierarchy(of: controller, among: beside) != nil)
    }

    /// How the tree was mounted; nil where no process tells.
    package var mount: ProcMount? {
        mountInfo { bytes, faults in ProcMount(parsing: bytes, noting: &faults) } ?? nil
    }

    private func mountInfo<Value>(
        _ parse: (Span<UInt8>, inout FieldFaults) throws(ParseError) -> Value
    ) -> Value? {
        for process in processes {
            if let value = try? reader.read(.process(process, "mountinfo"), parse) { return value }
        }
        return nil
    }

    /// Of a file that every process may have.
    private func best(_ line: StaticString?, _ file: (ProcessID) -> ProcFile) -> Presence {
        var best = Presence.missing
        for process in processes {
            switch presence(of: file(process), line) {
            case .there: return .there
            case .denied: best = .denied
            case .missing: break
            }
        }
        return best
    }

    private func presence(of file: ProcFile, _ line: StaticString?) -> Presence {
        do throws(ProcError) {
            let isThere = try reader.read(file) { bytes throws(ParseError) in
                line.map { bytes.hasLine(beginningWith: $0) } ?? true
            }
            return isThere ? .there : .missing
        } catch .denied {
            return .denied
        } catch {
            return .missing
        }
    }
}
