internal import ProcFormats
public import Units

extension ProcRoot {
    /// Which process has this number right now; nil when none has.
    public func identity(of process: ProcessID) -> ProcessIdentity? {
        let stat = try? ProcReader(root: self).read(.process(process, "stat")) {
            bytes throws(ParseError) in try TaskStat(parsing: bytes)
        }
        return stat.map { ProcessIdentity(pid: process, startTime: $0.startTime) }
    }
}
