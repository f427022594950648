import Units

/// A profile as a picture of one file that any browser opens: a box for each function as it was
/// called, as wide as its share, on top of its caller.
///
/// A box is an `svg` of its own with its place in percent: it clips its name, and the whole fits a
/// window of any width. A script in the file cuts names to fit, zooms and searches; without it the
/// picture is the same, but stands still.
package struct FlameGraph {
    private static let rowHeight = 17
    private static let lineHeight = 18
    /// Boxes below this share of the whole, in percent, would be thinner than a third of a pixel.
    private static let leastShare = 0.025

    private let profile: Profile
    private let tree: CallTree
    /// Functions of `profile` from here on are threads.
    private let firstThread: Int
    private var boxes: [Box] = []

    private struct Box {
        /// In units of the tree's weight.
        var start: Int
        var count: Int
        var selfCount: Int
        /// Nil for the one below all others.
        var frame: Int?
        var depth: Int
    }

    /// - Parameter title: stands above the picture: whose profile it is.
    package static func svg(_ profile: Profile, title: String) -> String {
        FlameGraph(profile).svg(title: title)
    }

    private init(_ original: Profile) {
        profile = original.belowThreads
        tree = CallTree(profile)
        firstThread = original.frames.count
        let counted = tree.roots.reduce(0) { $0 + tree.nodes[$1].count }
        boxes.append(
            Box(start: 0, count: tree.weight, selfCount: tree.weight - counted, depth: 0))
        place(tree.roots, from: 0, depth: 1)
    }

    private mutating func place(_ siblings: [Int], from start: Int, depth: Int) {
        var start = start
        for node in siblings.map({ tree.nodes[$0] }) {
            guard percent(node.count) >= Self.leastShare else { break }
            boxes.append(
                Box(
                    start: start, count: node.count, selfCount: node.selfCount, frame: node.frame,
                    depth: depth))
            place(node.children, from: start, depth: depth + 1)
            start += node.count
        }
    }

    private func svg(title: String) -> String {
        let heads = [profile.summary] + profile.notes
        let top = Self.lineHeight * (heads.count + 3)
        let depth = boxes.reduce(0) { max($0, $1.depth) }
        let height = top + (depth + 1) * Self.rowHeight + 10
        let lines = heads.enumerated().map { number, text in
            #"<text x="10" y="\#(42 + number * Self.lineHeight)">\#(XMLText.escape(text))</text>"#
        }
        let pictures = boxes.map { box in
            picture(of: box, y: top + (depth - box.depth) * Self.rowHeight)
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" width="100%" height="\(height)">
            <title>\(XMLText.escape(title))</title>
            <style>\(Self.style)</style>
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="10" y="22" class="title">\(XMLText.escape(title))</text>
            \(lines.joined(separator: "\n"))
            <text x="10" y="\(top - 10)" id="detail"></text>
            <text x="99%" y="22" id="search" class="button">search: Ctrl-F</text>
            <text x="99%" y="40" id="reset" class="button"></text>
            <g id="boxes">
            \(pictures.joined(separator: "\n"))
            </g>
            <script><![CDATA[\(Self.script)]]></script>
            </svg>

            """
    }

    private func picture(of box: Box, y: Int) -> String {
        let (label, color) = appearance(of: box.frame)
        return #"<svg x="\#(percent(box.start))%" y="\#(y)" width="\#(percent(box.count))%" "#
            + #"height="\#(Self.rowHeight - 1)"><title>\#(XMLText.escape(detail(of: box)))</title>"#
            + #"<rect width="100%" height="100%" fill="\#(color)"/>"#
            + #"<text x="3" y="12">\#(XMLText.escape(label))</text></svg>"#
    }

    /// "rd_kafka_q_pop_serve (streamd): 492 samples, 99.4 %, itself 12.1 %"
    private func detail(of box: Box) -> String {
        let frame = box.frame.map { profile.frames[$0] }
        let place = frame?.module.map { " (\($0))" } ?? ""
        let unit = profile.countsPages ? "" : " samples"
        return appearance(of: box.frame).label + place + ": \(profile.figure(box.count))\(unit), "
            + "\(Percent(box.count, of: tree.weight).text) %, "
            + "itself \(Percent(box.selfCount, of: tree.weight).text) %"
    }

    /// Functions are warm and the kernel's, which end in "[k]", are blue; a name has the same shade
    /// everywhere. Threads are grey.
    private func appearance(of frame: Int?) -> (label: String, color: String) {
        guard let frame else { return ("all", "#ddd") }
        let function = profile.frames[frame]
        guard frame < firstThread else { return ("thread \(function.name)", "#ccc") }
        let shade = Int(function.name.shade % 50)
        let color =
            function.origin == .kernel
            ? "rgb(\(140 + shade),\(185 + shade),250)"
            : "rgb(\(205 + shade),\(140 + shade * 2),\(70 + shade))"
        return (function.label, color)
    }

    private func percent(_ count: Int) -> Double {
        guard tree.weight > 0 else { return 100 }
        return (Double(count) / Double(tree.weight) * 1e7).rounded() / 1e5
    }
}

extension String {
    /// The same for the same name in every run, unlike its hash value; FNV-1a.
    fileprivate var shade: UInt32 {
        utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}

/// Text as the content or an attribute of an XML element.
enum XMLText {
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in HarmlessText.line(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
