import Glibc
import ProcFormats
import ProcReading
import Subprocess
import SystemPackage
import Testing
import Units

@testable import Probes

/// A folder that is gone after the test, with all that is in it.
func withFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let folder = try PrivateFolder()
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body(FilePath(folder.path))) } catch {
        result = .failure(error)
    }
    try await command("rm", "-rf", folder.path)
    return try result.get()
}

/// Runs a program that must succeed.
func command(_ arguments: String...) async throws {
    let result = try await Subprocess.run(
        .name(arguments[0]), arguments: Arguments(Array(arguments.dropFirst())),
        output: .discarded, error: .string(limit: 1 << 16))
    let isDone = result.terminationStatus.isSuccess
    try #require(isDone, "\(arguments): \(result.standardError)")
}

/// Builds a program of `Programs/` with the toolchain's compilers: "spinner.c" becomes FOLDER/spinner.
func build(
    _ source: String, in folder: FilePath, _ flags: [String] = ["-O2"]
) async throws -> FilePath {
    let sources = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("Programs")
    let name = FilePath(source).stem ?? source
    let program = folder.appending(name)
    let dump = folder.appending("dump.o")
    try await command("clang", "-c", "-O2", sources.appending("dump.c").string, "-o", dump.string)
    let compiler = source.hasSuffix(".swift") ? ["swiftc"] : ["clang", "-Wl,--build-id"]
    let result = try await Subprocess.run(
        .name(compiler[0]),
        arguments: Arguments(
            compiler.dropFirst() + flags
                + [sources.appending(source).string, dump.string, "-o", program.string]),
        // swiftc leaves a folder behind.
        environment: .inherit.updating(["TMPDIR": folder.string]),
        output: .discarded, error: .string(limit: 1 << 16))
    let isBuilt = result.terminationStatus.isSuccess
    try #require(isBuilt, "\(result.standardError)")
    return program
}

/// A program of `Programs/` that runs.
struct Spinner: Sendable {
    let pid: ProcessID
    fileprivate let dumps: FilePath

    /// Registers and stack of a moment.
    struct Moment {
        var registers: UserRegisters
        var stack: [UInt8]

        static let size = UserRegisters.count * 8 + 16384
    }

    /// CPU time in user mode, in hundredths of a second.
    fileprivate var ticks: UInt64? {
        let bytes = try? smallFile("/proc/\(pid.rawValue)/stat")
        return bytes.flatMap { try? TaskStat(parsing: $0.span) }?.userTime?.rawValue
    }

    /// What it did at so many moments, wherever it was just then.
    func moments(_ count: Int) async throws -> [Moment] {
        for number in 1...count {
            kill(pid.rawValue, SIGUSR1)
            _ = try await eventually("the spinner tells what it does") {
                var status = stat()
                return stat(dumps.string, &status) == 0
                    && Int(status.st_size) >= number * Moment.size ? () : nil
            }
        }
        let bytes = try smallFile(dumps.string, atMost: count * Moment.size)
        return (0..<count).map { index in
            let record = Array(bytes[index * Moment.size..<(index + 1) * Moment.size])
            var registers = UserRegisters(instructionPointer: 0, stackPointer: 0)
            for number in 0..<UserRegisters.count {
                registers[number] = record.withUnsafeBytes {
                    $0.loadUnaligned(fromByteOffset: number * 8, as: UInt64.self)
                }
            }
            return Moment(
                registers: registers, stack: Array(record[(UserRegisters.count * 8)...]))
        }
    }
}

/// Runs a program of `Programs/` while `body` probes it. `prefix` is what starts it, `unshare`
/// perhaps: it must become the program, as env(1) does.
func withSpinner<Result: Sendable>(
    _ program: FilePath, in folder: FilePath, prefix: [String] = [],
    body: @Sendable (Spinner) async throws -> Result
) async throws -> Result {
    let dumps = folder.appending("dumps")
    unlink(dumps.string)
    return try await Subprocess.run(
        .name("env"), arguments: Arguments(prefix + [program.string, dumps.string]),
        input: .none, output: .sequence, error: .discarded
    ) { execution in
        // It is set up when it says so, and where it belongs when it has used 20 ms since.
        for try await _ in execution.standardOutput { break }
        let spinner = Spinner(
            pid: ProcessID(execution.processIdentifier.value), dumps: dumps)
        let result: Swift.Result<Result, any Error>
        do {
            let start = try #require(spinner.ticks)
            _ = try await eventually("it spins") { (spinner.ticks ?? 0) > start + 2 ? () : nil }
            result = .success(try await body(spinner))
        } catch { result = .failure(error) }
        try? execution.send(signal: .kill)
        return try result.get()
    }.closureResult
}
