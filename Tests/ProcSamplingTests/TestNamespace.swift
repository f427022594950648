import Glibc
import Testing

@testable import ProcSampling

/// A network namespace of a test's own, gone with this value.
final class TestNamespace: Sendable {
    let name: String

    init(_ name: String) throws {
        self.name = "dxt-\(name)-\(getpid())"
        try output(of: "ip netns add \(self.name)")
    }

    deinit { _ = try? output(of: "ip netns delete \(name)") }

    /// Calls `body` on a thread in the namespace; programs that it starts are in there, too.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            let hasStarted = DetachedThread.start(name: "namespace", stackSize: 1 << 20) { [name] in
                continuation.resume(
                    with: Result {
                        let file = open("/run/netns/" + name, O_RDONLY | O_CLOEXEC)
                        defer { close(file) }
                        guard try Self.enter(file) == 0 else { throw ProgramFailed(name) }
                        return try body()
                    })
            }
            if !hasStarted { continuation.resume(throwing: ProgramFailed("a thread")) }
        }
    }

    /// `setns(2)`, which is not in the part of sched.h that Swift imports.
    private static func enter(_ file: Int32) throws -> Int32 {
        let function = try #require(dlsym(nil, "setns"))
        let newNetwork: Int32 = 0x4000_0000
        return unsafeBitCast(function, to: (@convention(c) (Int32, Int32) -> Int32).self)(
            file, newNetwork)
    }

    /// Why tests with namespaces do not run here; nil where they do.
    static let hindrance: String? =
        if geteuid() != 0 {
            "only root may make network namespaces"
        } else if (try? TestNamespace("probe")) == nil {
            "no network namespaces here, or no ip (iproute2)"
        } else {
            nil
        }
}

extension Trait where Self == ConditionTrait {
    static var needsNamespace: Self {
        let hindrance = TestNamespace.hindrance
        return .enabled(if: hindrance == nil, "\(hindrance ?? "")")
    }
}

struct ProgramFailed: Error {
    let command: String
    init(_ command: String) { self.command = command }
}

/// What a program prints; throws if it does not end well.
///
/// - Parameter command: its words, with spaces between them.
@discardableResult
func output(of command: String) throws -> String {
    let program = try PipedProgram(
        command.split(separator: " ").map(String.init), piping: .output)
    defer { close(program.pipe) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = read(program.pipe, &buffer, buffer.count), count > 0 {
        bytes += buffer[..<count]
    }
    var status: Int32 = 0
    waitpid(program.pid, &status, 0)
    guard status == 0 else { throw ProgramFailed(command) }
    return String(decoding: bytes, as: UTF8.self)
}
