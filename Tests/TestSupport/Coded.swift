import FoundationEssentials

/// What is left of a value that was written down and read again.
package func coded<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: written(value))
}

/// A value as it is written down; the same for values that are the same.
package func codedText(_ value: some Encodable) throws -> String {
    String(decoding: try written(value), as: UTF8.self)
}

private func written(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(value)
}
