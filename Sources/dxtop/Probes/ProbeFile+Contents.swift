import Probes

extension ProbeKind {
    /// What a file has in it.
    ///
    /// - Parameter subject: what was found is about: "T4127 poll (streamd 2214)".
    func contents(
        of file: ProbeFile, from reading: any ProbeReading, about subject: String
    ) throws -> [UInt8] {
        let text =
            switch file.contents {
            case .text: reading.report.file(title: "\(title) of \(subject)")
            case .json: try JSONText.encode(reading.report.document()) + "\n"
            case .own(let make): make(reading, subject) ?? ""
            }
        return Array(text.utf8)
    }
}
