package import ProcFormats
public import Units

extension ProcRoot {
    /// Which process has this number right now; nil when none has.
    public func identity(of process: ProcessID) -> ProcessIdentity? {
        let stat = try? ProcReader(root: self).read(.process(process, "stat"), as: TaskStat.self)
        return stat.map { ProcessIdentity(pid: process, startTime: $0.startTime) }
    }

    /// The threads of a process as they are now.
    package func threads(of process: ProcessID) throws(ProcError) -> [ThreadID] {
        var numbers: [Int32] = []
        try ProcReader(root: self).list(.process(process, "task"), into: &numbers)
        return numbers.map { ThreadID($0) }
    }

    /// Another thread than the first one, for when that has ended: files that tell of the whole process
    /// are empty under its number then, and not under that of a thread which goes on. Nil where there
    /// is none.
    package func threadBesideFirst(of process: ProcessID) -> ThreadID? {
        (try? threads(of: process))?.last { $0.rawValue != process.rawValue }
    }
}
