import Screen
import Testing

@testable import CursesScreen

@Suite struct KeyDecoderTests {
    /// All keys that a burst of characters means.
    private func keys(_ text: String) -> [Key] {
        var events = text.unicodeScalars.map(KeyEvent.character)[...]
        var decoder = KeyDecoder()
        var keys: [Key] = []
        while let key = decoder.next({ events.popFirst() }) { keys.append(key) }
        return keys
    }

    @Test func plainKeys() {
        #expect(keys("j/é漢") == ["j", "/", "é", "漢"].map(Key.character))
        #expect(keys("\r\n\t\u{7f}\u{8}") == [.enter, .enter, .tab, .backspace, .backspace])
        #expect(keys("\u{c}\u{3}") == [.control("l"), .control("c")])
    }

    @Test func sequencesThatTheDescriptionLacks() {
        #expect(keys("\u{1b}[A\u{1b}OB\u{1b}[1;5C") == [.up, .down, .right])
        #expect(
            keys("\u{1b}[5~\u{1b}[6~\u{1b}[3~\u{1b}[15~") == [
                .pageUp, .pageDown, .delete, .function(5),
            ])
        #expect(keys("\u{1b}OM") == [.enter])
    }

    @Test func unknownSequencesAreNoLetters() {
        #expect(keys("\u{1b}[99~q") == [.character("q")])
        #expect(keys("\u{1b}[<0;10;20Mq") == [.character("q")])
        #expect(keys("\u{1b}[?1;2cq") == [.character("q")])
        #expect(keys("\u{1b}[") == [])
    }

    @Test func escapeAlone() {
        #expect(keys("\u{1b}") == [.escape])
        #expect(keys("\u{1b}\u{1b}") == [.escape, .escape])
        #expect(keys("\u{1b}q") == [.escape, .character("q")])
    }
}
