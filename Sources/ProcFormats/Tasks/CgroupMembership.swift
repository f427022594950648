/// `/proc/PID/cgroup`: where a process is in each hierarchy; `cgroups(7)`.
public struct CgroupMembership: ProcFormat, Hashable, Sendable {
    /// In the file's order.
    public var lines: [Line]

    /// One line: `5:cpu,cpuacct:/user.slice` (v1) or `0::/user.slice` (v2).
    public struct Line: Hashable, Sendable {
        /// 0 for v2.
        public var hierarchy: Int
        /// Empty for v2; a named hierarchy without controllers is "name=systemd".
        public var controllers: [String]
        /// As this reader's cgroup namespace shows it. A group that was removed ends in
        /// " (deleted)".
        public var path: String
    }

    /// The one path to show: of v2, unless that is merely mounted beside v1 and holds the process
    /// at its root; else of v1's cpu, else of its memory controller.
    public var path: String? {
        let unified = lines.first { $0.hierarchy == 0 }?.path
        let chosen = [unified, path(of: "cpu"), path(of: "memory")].compactMap { $0 }
        return chosen.first { $0 != "/" } ?? chosen.first
    }

    /// Its path in the hierarchy that limits memory, and which that is.
    public var memory: (path: String, isUnified: Bool)? { place(under: "memory") }
    /// The same of CPU time, and of the number of tasks.
    public var cpu: (path: String, isUnified: Bool)? { place(under: "cpu") }
    public var tasks: (path: String, isUnified: Bool)? { place(under: "pids") }

    /// In v1 where that has the controller, which v2 cannot have then; else in v2.
    private func place(under controller: String) -> (path: String, isUnified: Bool)? {
        if let path = path(of: controller) { return (path, false) }
        return lines.first { $0.hierarchy == 0 }.map { ($0.path, true) }
    }

    private func path(of controller: String) -> String? {
        lines.first { $0.controllers.contains(controller) }?.path
    }

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        lines = []
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            let start = cursor.offset
            do throws(ParseError) {
                lines.append(try Line(at: &cursor))
            } catch {
                cursor.loseLine("a hierarchy", from: start, &faults)
            }
        }
    }
}

extension CgroupMembership.Line {
    fileprivate init(at cursor: inout ByteCursor) throws(ParseError) {
        hierarchy = Int(try cursor.unsigned(UInt32.self))
        try cursor.expect(.colon)
        let rest = try cursor.restOfLine()
        // A path may hold colons, a controller's name may not.
        guard let colon = rest.first(where: { cursor.bytes[$0] == .colon }) else {
            throw ParseError(.unexpected, at: rest.upperBound)
        }
        controllers = cursor.bytes.text(in: rest.lowerBound..<colon)
            .split(separator: ",").map(String.init)
        path = cursor.bytes.text(in: colon + 1..<rest.upperBound)
    }
}
