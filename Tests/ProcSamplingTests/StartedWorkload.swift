import Glibc
import ProcFormats
import Testing
import Units

@testable import ProcSampling

/// A running program whose behaviour is known; ended with the last reference.
final class StartedWorkload {
    let pid: ProcessID
    private let program: PipedProgram
    /// `name=value` pairs of the line that it says once it is ready.
    private let facts: [String: String]

    init(_ arguments: String...) throws {
        // Tests/ProcSamplingTests/StartedWorkload.swift is three levels below the package.
        let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        program = try PipedProgram(
            ["/\(package)/.build/debug/workload"] + arguments, piping: .output)
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(program.pipe, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        let pairs = String(decoding: line, as: UTF8.self).split(separator: " ")
            .map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            .filter { $0.count == 2 }.map { ($0[0], $0[1]) }
        facts = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        pid = ProcessID(program.pid)
    }

    deinit {
        kill(program.pid, SIGKILL)
        var status: Int32 = 0
        waitpid(program.pid, &status, 0)
        close(program.pipe)
    }

    func number(_ fact: String) throws -> Int {
        try #require(facts[fact].flatMap { Int($0) }, "the workload told of no \(fact)")
    }

    /// A thread that it tells of.
    func thread(_ fact: String) throws -> ThreadID { ThreadID(Int32(try number(fact))) }
}
