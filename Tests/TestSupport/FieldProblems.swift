package import Fields

extension FieldTable {
    /// What a field of the table lacks, one problem a line; empty where all is well.
    ///
    /// - Parameters:
    ///   - declared: what the table was made of.
    ///   - rows: each field has a value in one of them at least.
    package func problems(declared: some Sendable, rows: [Row]) -> [String] {
        var problems: [String] = []
        for child in Mirror(reflecting: declared).children {
            let label = child.label ?? "?"
            guard let field = child.value as? Field<Row> else {
                problems.append("\(label) is no field of \(Row.self)")
                continue
            }
            if field.id.name != label { problems.append("\(label) has the id \(field.id)") }
            problems += field.problems(rows: rows).map { "\(label): \($0)" }
        }
        problems += repeated(fields.map(\.id.name)).map { "two have the id \($0)" }
        problems += repeated(names).map { "two are called \($0) in JSON" }
        problems += repeated(fields.compactMap(\.metric)).map { "two are the metric \($0)" }
        return problems
    }

    /// The names that documents have.
    package var names: [String] {
        fields.compactMap { if case .named(let name) = $0.export { name } else { nil } }
    }

    private func repeated(_ names: [String]) -> [String] {
        Dictionary(grouping: names) { $0 }.filter { $1.count > 1 }.map(\.key)
    }
}

extension Field {
    fileprivate func problems(rows: [Row]) -> [String] {
        var problems: [String] = []
        if help.isEmpty || (help.hasSuffix(".") && !help.hasSuffix("...")) {
            problems.append("its help is no phrase: \(help)")
        }
        switch export {
        case .named(let name) where !name.isSnakeCase: problems.append("\(name) is no name in JSON")
        case .screenOnly(let reason) where reason.isEmpty:
            problems.append("why do documents not have it?")
        default: break
        }
        if let metric, !metric.isSnakeCase || !metric.hasPrefix("dxtop_") {
            problems.append("\(metric) is no name of a metric")
        }
        let texts = rows.filter { !shown(of: $0).isAbsent }.map(text)
        if !texts.contains(where: { !$0.isEmpty && $0 != "-" }) {
            problems.append("it has no text")
        }
        if !rows.contains(where: { key(of: $0) != nil }) { problems.append("nothing sorts by it") }
        if case .named(let name) = export {
            let values = rows.map(value).filter { !$0.isAbsent }
            if values.isEmpty { problems.append("documents have no value of it") }
            problems += values.compactMap { $0.missingUnit(in: name) }
            if metric != nil, values.contains(where: \.isWords) {
                problems.append("words are no metric")
            }
        }
        return problems
    }

    private func shown(of row: Row) -> FieldValue { shown(row) }
}

extension FieldValue {
    /// The unit is the end of a name in JSON.
    fileprivate func missingUnit(in name: String) -> String? {
        let unit: String? =
            switch self {
            case .percent: "_percent"
            case .rate, .change: "_per_second"
            case .bytes, .exactBytes: "_bytes"
            case .latency: "_microseconds"
            case .wait: "_milliseconds"
            case .duration, .age, .timeLeft: "_seconds"
            default: nil
            }
        guard let unit, !name.hasSuffix(unit) else { return nil }
        return "\(name) does not end in \(unit)"
    }

    fileprivate var isWords: Bool {
        switch self {
        case .text, .kind, .list, .flag: true
        default: false
        }
    }
}

extension String {
    fileprivate var isSnakeCase: Bool {
        !isEmpty
            && utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
    }
}
