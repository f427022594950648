/// What was read, or why not, as a value that can be written down.
@propertyWrapper
public struct CodableResult<
    Success: Codable & Sendable, Failure: Error & Codable
>: Codable, Sendable {
    public var wrappedValue: Result<Success, Failure>

    public init(wrappedValue: Result<Success, Failure>) { self.wrappedValue = wrappedValue }

    private enum CodingKeys: String, CodingKey {
        case success, failure
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let failure = try container.decodeIfPresent(Failure.self, forKey: .failure) {
            wrappedValue = .failure(failure)
        } else {
            wrappedValue = .success(try container.decode(Success.self, forKey: .success))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch wrappedValue {
        case .success(let success): try container.encode(success, forKey: .success)
        case .failure(let failure): try container.encode(failure, forKey: .failure)
        }
    }
}
