import Testing

@testable import Screen

@Suite struct VisibleTextTests {
    @Test(arguments: [
        ("plain name", "plain name"), ("a\nb\tc\rd", "a\\nb\\tc\\rd"), ("\r\n", "\\r\\n"),
        ("\u{1b}[2J\u{7}", "\\e[2J\\x07"), ("\u{0}\u{1f}\u{7f}", "\\x00\\x1f\\x7f"),
        ("\u{9b}31m\u{85}", "\\x9b31m\\x85"), ("a\u{202e}b", "a\\u{202e}b"),
        ("\u{2066}\u{200f}\u{61c}", "\\u{2066}\\u{200f}\\u{61c}"), ("a\u{200b}b", "a\\u{200b}b"),
        ("a\u{2028}b", "a\\u{2028}b"), ("a\u{ad}b", "a\\xadb"), ("\u{feff}x", "\\u{feff}x"),
        ("\u{301}a", "\\u{301}a"), ("\u{3164}", "\\u{3164}"), ("\u{e0041}", "\\u{e0041}"),
        ("\u{378}", "\\u{378}"), ("שלום", "שלום"), ("naïve", "naïve"), ("e\u{301}", "e\u{301}"),
        ("👍🏽", "👍"), ("❤\u{fe0f}", "❤"), ("👨\u{200d}👩", "👨\\u{200d}👩"), ("🇩🇪", "🇩🇪"),
        ("\u{fffd}", "\u{fffd}"), ("\u{fe0f}", "\\u{fe0f}"),
    ])
    func writesOutWhatHarmsOrHides(_ text: String, _ visible: String) {
        #expect(VisibleText.of(text).unicodeScalars.elementsEqual(visible.unicodeScalars))
    }

    @Test func asciiShowsOneMarkAColumn() {
        #expect(VisibleText.of("aé漢e\u{301}", unicode: false) == "a????")
        #expect(VisibleText.of("\u{202e}\u{1b}", unicode: false) == "\\u{202e}\\e")
    }

    @Test func aCellHoldsFiveScalarsAndNothingIsLost() {
        let text = "e" + String(repeating: "\u{301}", count: 6)
        #expect(
            VisibleText.of(text).unicodeScalars.elementsEqual(
                ("e" + String(repeating: "\u{301}", count: 4) + "\\u{301}\\u{301}").unicodeScalars))
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("👍🏽", 2), ("🇩🇪", 2), ("\u{1b}", 2),
        ("ｆｕｌｌ", 8), ("각", 2), ("\u{1100}\u{1161}\u{11a8}", 2), ("❤\u{fe0f}", 1),
    ])
    func width(_ text: String, _ width: Int) {
        #expect(VisibleText.width(text) == width)
    }

    /// Every scalar there is, alone, after a letter and after an ideograph.
    @Test func noScalarPassesThatATerminalObeys() {
        for value in UInt32(0)...0x10ffff {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for prefix in ["", "a", "漢"] {
                var text = prefix
                text.unicodeScalars.append(scalar)
                for shown in VisibleText.of(text).unicodeScalars {
                    guard shown.value >= 0x7f else { continue }
                    let properties = shown.properties
                    switch properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned:
                        Issue.record("U+\(String(value, radix: 16)) passes")
                    default:
                        if properties.isDefaultIgnorableCodePoint {
                            Issue.record("U+\(String(value, radix: 16)) hides")
                        }
                    }
                }
            }
        }
    }
}
