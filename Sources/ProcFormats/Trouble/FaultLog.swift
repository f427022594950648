/// Counts what one reader could not parse, and keeps the first example of each kind.
package struct FaultLog {
    /// Only its figures of what did not parse are filled in.
    package private(set) var trouble = SamplingTrouble()
    /// What examples were taken of: the kind of file, and the field.
    private var exampled: Set<[String]> = []
    private var kinds: Set<String> = []

    package init() {}

    /// Counts a file of which nothing could be taken.
    package mutating func note(_ error: ParseError, in path: String) {
        trouble.malformed += 1
        guard trouble.malformedFiles.count < SamplingTrouble.mostNamed,
            !trouble.malformedFiles.contains(where: { $0.hasPrefix("\(path): ") })
        else { return }
        trouble.malformedFiles.append("\(path): \(error.reason) at byte \(error.offset)")
    }

    /// Counts fields of a file of which the rest was taken.
    package mutating func note(_ faults: FieldFaults, in path: String) {
        guard !faults.isEmpty else { return }
        trouble.malformedFields += faults.count
        let kind = Self.kind(of: path)
        // As many kinds as there are files that are read; that of a strange path is not kept.
        if kinds.count < 256 { kinds.insert(kind) }
        trouble.filesWithMalformedFields = kinds.count
        for fault in faults.first {
            guard trouble.malformedFieldExamples.count < SamplingTrouble.mostNamed else { return }
            guard exampled.insert([kind, fault.name]).inserted else { continue }
            trouble.malformedFieldExamples.append(
                fault.text.isEmpty
                    ? "\(path) \(fault.name) is missing"
                    : "\(path) \(fault.name) \"\(fault.text)\"")
        }
    }

    /// "/proc/PID/task/PID/stat" for any task's.
    private static func kind(of path: String) -> String {
        path.split(separator: "/").map { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? "PID" : part
        }.joined(separator: "/")
    }
}
