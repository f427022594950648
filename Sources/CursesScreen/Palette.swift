import Screen

/// What each role looks like, on dark and on light backgrounds alike: no bright yellow on white,
/// no dark blue on black. The background is the terminal's own.
struct Palette {
    struct Appearance: Hashable {
        /// -1 is the terminal's default.
        var foreground: Int32 = -1
        var background: Int32 = -1
        var attributes: Style.Attributes = []
    }

    private let appearances: [Appearance]

    /// - Parameter colors: how many the terminal has; below 8 none is used.
    init(colors: Int) {
        appearances = Role.allCases.map { role in
            switch colors {
            case 256...: Self.of256(role)
            case 8...: Self.of8(role)
            default: Self.monochrome(role)
            }
        }
    }

    /// The colour pairs to define, by number. Pair 0 cannot be changed.
    var pairs: [(pair: Int32, appearance: Appearance)] {
        appearances.enumerated().map { (Int32($0.offset) + 1, $0.element) }
    }

    func pair(_ role: Role) -> Int32 { Int32(role.rawValue) + 1 }

    func attributes(_ style: Style) -> Style.Attributes {
        style.attributes.union(appearances[Int(style.role.rawValue)].attributes)
    }

    private static func of256(_ role: Role) -> Appearance {
        switch role {
        case .text, .heading: Appearance()
        case .faint: Appearance(foreground: 244)
        case .accent: Appearance(foreground: 31)
        case .good: Appearance(foreground: 35)
        case .warning: Appearance(foreground: 136)
        case .critical: Appearance(foreground: 196)
        }
    }

    /// Yellow cannot be read on white, so warnings are black on yellow, and what is critical does
    /// not stand back behind them.
    private static func of8(_ role: Role) -> Appearance {
        switch role {
        case .text, .heading, .faint: Appearance()
        case .accent: Appearance(foreground: 6)
        case .good: Appearance(foreground: 2)
        case .warning: Appearance(foreground: 0, background: 3)
        case .critical: Appearance(foreground: 7, background: 1)
        }
    }

    private static func monochrome(_ role: Role) -> Appearance {
        switch role {
        case .critical: Appearance(attributes: .underline)
        default: Appearance()
        }
    }
}
