import Screen

/// What each role looks like, on dark and on light backgrounds alike: no bright yellow on white,
/// no dark blue on black. The background is the terminal's own.
struct Palette {
    struct Look: Hashable {
        /// -1 is the terminal's default.
        var foreground: Int32 = -1
        var background: Int32 = -1
        var attributes: Style.Attributes = []
    }

    private let looks: [Look]

    /// - Parameter colors: how many the terminal has; below 8 none is used.
    init(colors: Int) {
        looks = Role.allCases.map { role in
            switch colors {
            case 256...: Self.of256(role)
            case 8...: Self.of8(role)
            default: Self.monochrome(role)
            }
        }
    }

    /// The colour pairs to define, by number. Pair 0 cannot be changed.
    var pairs: [(pair: Int32, look: Look)] {
        looks.enumerated().map { (Int32($0.offset) + 1, $0.element) }
    }

    func pair(_ role: Role) -> Int32 { Int32(role.rawValue) + 1 }

    func attributes(_ style: Style) -> Style.Attributes {
        style.attributes.union(looks[Int(style.role.rawValue)].attributes)
    }

    private static func of256(_ role: Role) -> Look {
        switch role {
        case .text, .heading: Look()
        case .faint: Look(foreground: 244)
        case .accent: Look(foreground: 31)
        case .good: Look(foreground: 35)
        case .warning: Look(foreground: 136)
        case .critical: Look(foreground: 196)
        }
    }

    /// Yellow cannot be read on white, so warnings are black on yellow, and what is critical does
    /// not stand back behind them.
    private static func of8(_ role: Role) -> Look {
        switch role {
        case .text, .heading, .faint: Look()
        case .accent: Look(foreground: 6)
        case .good: Look(foreground: 2)
        case .warning: Look(foreground: 0, background: 3)
        case .critical: Look(foreground: 7, background: 1)
        }
    }

    private static func monochrome(_ role: Role) -> Look {
        switch role {
        case .critical: Look(attributes: .underline)
        default: Look()
        }
    }
}
