import Testing

@testable import Probes

/// A flood of output: few pieces, and its end whole.
struct BoundedOutputTests {
    private func line(_ number: Int) -> [UInt8] {
        Array("12:00:00.000001 getppid() = 1 <0.000004> call number \(number)\n".utf8)
    }

    @Test func theEndOfAFloodIsKeptAndTheRestCounted() throws {
        let log = RunLog()
        let output = BoundedOutput { log.take($0) }
        let count = 200_000
        // Each is more than may wait: however slowly they come, a part has to go.
        let pieces = stride(from: 0, to: count, by: count / 5).map { number in
            (number..<number + count / 5).flatMap(line)
        }
        for piece in pieces {
            #expect(piece.count > BoundedOutput.mostWaiting)
            output.take(piece)
        }
        let printed = pieces.reduce(0) { $0 + $1.count }
        output.close()
        #expect(log.sizes.allSatisfy { $0 <= BoundedOutput.largestPiece + 100 })
        let lines = log.output.split(separator: "\n")
        #expect(lines.last?.hasSuffix("call number \(count - 1)") == true)
        // Every line is whole, and in its order.
        var leftOut = 0
        var last = -1
        var sinceNotice = 0
        for line in lines {
            if line.hasPrefix("["), let bytes = Int(line.dropFirst().prefix { $0 != " " }) {
                leftOut += bytes
                sinceNotice = 0
                continue
            }
            sinceNotice += line.utf8.count + 1
            let number = try #require(
                line.hasPrefix("12:00:00")
                    ? line.split(separator: " ").last.flatMap { Int($0) } : nil)
            #expect(number > last)
            last = number
        }
        #expect(leftOut > 0)
        #expect(sinceNotice >= BoundedOutput.mostWaiting / 2)
        let kept = lines.filter { !$0.hasPrefix("[") }.reduce(0) { $0 + $1.utf8.count + 1 }
        #expect(abs(kept + leftOut - printed) <= 1)
    }

    @Test func manySmallPiecesMakeFewLargeOnes() {
        let log = RunLog()
        let output = BoundedOutput { log.take($0) }
        let clock = ContinuousClock()
        let start = clock.now
        for number in 0..<1000 { output.take(line(number)) }
        output.close()
        let most = (clock.now - start) / BoundedOutput.pause + 3
        #expect(Double(log.sizes.count) <= most)
        #expect(log.output.utf8.count == (0..<1000).reduce(0) { $0 + line($1).count })
    }

    @Test func whatComesAloneIsPassedOnWithoutMore() async throws {
        let log = RunLog()
        let output = BoundedOutput { log.take($0) }
        output.take(Array("one\n".utf8))
        #expect(log.output == "one\n")
        output.take(Array("two\n".utf8))
        _ = try await eventually("the second") { log.output == "one\ntwo\n" ? true : nil }
    }
}
