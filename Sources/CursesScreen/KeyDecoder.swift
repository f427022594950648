import Screen

/// What comes from a keyboard, before it is known to be a key.
enum KeyEvent: Hashable {
    case character(Unicode.Scalar)
    /// A sequence that the terminal's description names.
    case key(Key)
    /// One that it names, but that means nothing here.
    case ignored
}

/// Turns what curses reads into keys.
///
/// curses knows the sequences of the terminal's description. Others reach here letter by letter:
/// those of a terminal that is not quite what `TERM` says, or of a key with a modifier. Taken for
/// letters they would be commands that nobody gave, so they are read as what they are, and unknown
/// ones are dropped.
struct KeyDecoder {
    private var putBack: KeyEvent?

    /// The next key, or nil when `read` has nothing more.
    mutating func next(_ read: () -> KeyEvent?) -> Key? {
        while let event = take(read) {
            switch event {
            case .ignored: continue
            case .key(let key): return key
            case .character("\u{1b}"):
                switch escape(read) {
                case .key(let key): return key
                case .dropped: continue
                }
            case .character(let scalar):
                if let key = Self.key(scalar) { return key }
            }
        }
        return nil
    }

    private enum Sequence {
        case key(Key)
        case dropped
    }

    private mutating func take(_ read: () -> KeyEvent?) -> KeyEvent? {
        if let event = putBack {
            putBack = nil
            return event
        }
        return read()
    }

    /// Reads what follows an Escape. Only what has arrived with it can be part of its sequence.
    private mutating func escape(_ read: () -> KeyEvent?) -> Sequence {
        guard let event = take(read) else { return .key(.escape) }
        switch event {
        case .character("["):
            return control(read)
        case .character("O"):
            guard case .character(let final)? = take(read) else { return .dropped }
            return final == "M" ? .key(.enter) : Self.final(final, parameter: 0)
        default:
            putBack = event
            return .key(.escape)
        }
    }

    /// A control sequence after its introducer (ECMA-48, 5.4).
    private mutating func control(_ read: () -> KeyEvent?) -> Sequence {
        var parameter = 0
        var isFirst = true
        var isPrivate = false
        while case .character(let scalar)? = take(read) {
            switch scalar {
            case "0"..."9" where isFirst:
                parameter = min(parameter * 10 + Int(scalar.value) - 0x30, 999)
            // A mouse's report, or a terminal's answer to a question.
            case "<"..."?": isPrivate = true
            case "\u{20}"..."\u{3f}": isFirst = false
            case "\u{40}"..."\u{7e}":
                return isPrivate ? .dropped : Self.final(scalar, parameter: parameter)
            default: return .dropped
            }
        }
        return .dropped
    }

    private static func final(_ scalar: Unicode.Scalar, parameter: Int) -> Sequence {
        let key: Key? =
            switch scalar {
            case "A": .up
            case "B": .down
            case "C": .right
            case "D": .left
            case "H": .home
            case "F": .end
            case "P": .function(1)
            case "Q": .function(2)
            case "R": .function(3)
            case "S": .function(4)
            case "~": numbered(parameter)
            default: nil
            }
        return key.map(Sequence.key) ?? .dropped
    }

    private static func numbered(_ parameter: Int) -> Key? {
        switch parameter {
        case 1, 7: .home
        case 4, 8: .end
        case 3: .delete
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(parameter - 10)
        case 17...21: .function(parameter - 11)
        case 23, 24: .function(parameter - 12)
        default: nil
        }
    }

    private static func key(_ scalar: Unicode.Scalar) -> Key? {
        switch scalar.value {
        case 0x09: .tab
        case 0x0a, 0x0d: .enter
        case 0x08, 0x7f: .backspace
        case 0x01...0x1a:
            Unicode.Scalar(scalar.value + 0x60).map { .control(Character($0)) }
        case 0x20...: .character(Character(scalar))
        default: nil
        }
    }
}
