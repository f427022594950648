/// What a piece of text means; the terminal decides how that looks (see `Palette`).
package enum Role: UInt8, Hashable, Sendable, CaseIterable {
    /// Figures and names.
    case text
    /// What may be overlooked: rules, units, idle rows.
    case faint
    /// Titles and column heads.
    case heading
    /// A key that can be pressed, or the mark of the column that sorts.
    case accent
    /// "ok": a resource is exonerated.
    case good
    /// `!`: look here.
    case warning
    /// `!!`: act here.
    case critical
}

/// How a cell is drawn. Severity never rests on `role`'s colour alone: views add a glyph and bold.
package struct Style: Hashable, Sendable {
    package struct Attributes: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let bold = Attributes(rawValue: 1)
        package static let reverse = Attributes(rawValue: 2)
        package static let underline = Attributes(rawValue: 4)
    }

    package var role: Role
    package var attributes: Attributes

    package init(_ role: Role = .text, _ attributes: Attributes = []) {
        self.role = role
        self.attributes = attributes
    }

    package static let text = Style(.text)
    package static let faint = Style(.faint)
    package static let heading = Style(.heading, .bold)
    package static let accent = Style(.accent, .bold)
    package static let good = Style(.good)
    package static let warning = Style(.warning, .bold)
    package static let critical = Style(.critical, .bold)

    /// The same with reverse video, as the selected row has it.
    package var reversed: Style { Style(role, attributes.union(.reverse)) }
}
