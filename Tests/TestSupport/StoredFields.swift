/// The stored properties of a value, written out: what a test goes through that is to find those
/// which are added later.
package struct StoredFields {
    /// In the order of their declarations.
    package let names: [String]
    private let texts: [String: String]

    package init(of value: Any) {
        var names: [String] = []
        var texts: [String: String] = [:]
        for child in Mirror(reflecting: value).children {
            let name = child.label ?? "?"
            names.append(name)
            texts[name] = String(reflecting: child.value)
        }
        self.names = names
        self.texts = texts
    }

    /// The names of those that another value has otherwise.
    package func changes(from other: StoredFields) -> [String] {
        names.filter { texts[$0] != other.texts[$0] }
    }

    /// The same, a line each with what both have.
    ///
    /// - Parameter exceptions: names that do not count, with the reason.
    package func differences(
        from expected: StoredFields, except exceptions: [String: String] = [:]
    ) -> [String] {
        changes(from: expected).filter { exceptions[$0] == nil }.map { name in
            "\(name) is \(text(of: name)), not \(expected.text(of: name))"
        }
    }

    private func text(of name: String) -> String { texts[name] ?? "?" }
}

extension StoredFields {
    /// What a value lacks to show that each of its properties comes through, a line each: none of
    /// them may be absent, or as in a plain value, nor two alike, as one could pass for the other.
    ///
    /// - Parameter plain: one that is made of as little as it can be.
    package static func gaps<Value>(in filled: Value, plain: Value) -> [String] {
        let (all, least) = (StoredFields(of: filled), StoredFields(of: plain))
        let changed = Set(all.changes(from: least))
        let unchanged = all.names.filter { !changed.contains($0) }
        // There is but one way to be true.
        let figures = all.names.filter { !["true", "Optional(true)"].contains(all.text(of: $0)) }
        let alike = Dictionary(grouping: figures) { all.text(of: $0) }.values.filter {
            $0.count > 1
        }
        return absent(in: filled).map { "\($0) is absent" }
            + unchanged.map { "\($0) is as in a plain one" }
            + alike.map { "\($0.joined(separator: ", ")) are alike" }
    }

    /// The paths of all within a value that is nil or empty.
    package static func absent(in value: Any, at path: String = "") -> [String] {
        let children = Mirror(reflecting: value).children
        guard children.isEmpty else {
            return children.flatMap { child in
                absent(in: child.value, at: "\(path).\(child.label ?? "")")
            }
        }
        switch Mirror(reflecting: value).displayStyle {
        case .optional, .collection, .dictionary, .set: return [path]
        default: return (value as? String)?.isEmpty == true ? [path] : []
        }
    }
}
