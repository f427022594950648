/// Passes on what a step prints, up to a limit: a thread that makes ten thousand system calls a
/// second must not fill dxtop's memory.
struct BoundedOutput {
    private static let limit = 8 << 20

    let report: @Sendable (ToolEvent) -> Void
    private(set) var excerpt = Excerpt()
    private var passedOn = 0
    private var leftOut = 0

    init(report: @escaping @Sendable (ToolEvent) -> Void) { self.report = report }

    mutating func take(_ bytes: [UInt8]) {
        excerpt.append(bytes)
        let fitting = bytes.prefix(Self.limit - passedOn)
        if !fitting.isEmpty { report(.output(Array(fitting))) }
        passedOn += fitting.count
        leftOut += bytes.count - fitting.count
    }

    /// Says so if something was left out.
    func close() {
        guard leftOut > 0 else { return }
        let line = "\n[\(leftOut) bytes more were printed and are left out here]\n"
        report(.output(Array(line.utf8)))
    }
}
