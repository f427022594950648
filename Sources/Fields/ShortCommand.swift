package import Samples

extension ProcessSample {
    /// The command line, or the name in brackets where there is none. Of a very long one what tells it
    /// from others: its beginning and its end, without arguments that are long, such as a class path.
    package var shortCommand: String {
        guard let command else { return "[\(name)]" }
        guard command.utf8.count > Self.longCommand else { return command }
        var isLeftOut = false
        let words = command.split(separator: " ", omittingEmptySubsequences: false).enumerated()
            .compactMap { index, word -> Substring? in
                let isLong = word.utf8.count > Self.longArgument || word == "..."
                guard isLong, index > 0 else {
                    isLeftOut = false
                    return word
                }
                defer { isLeftOut = true }
                return isLeftOut ? nil : "..."
            }
        let text = words.joined(separator: " ")
        guard text.utf8.count > Self.longCommand else { return text }
        return text.prefix(Self.longCommand / 2) + " ... " + text.suffix(Self.longCommand / 2)
    }

    private static let longCommand = 512
    private static let longArgument = 100
}
