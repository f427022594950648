import Glibc
import Synchronization
import Testing

@testable import dxtop

struct FileSaverTests {
    private final class Reports: Sendable {
        struct Report: Sendable {
            var message: String
            var failed: Bool
            var thread: pthread_t
        }

        private let all = Mutex<[Report]>([])
        var reports: [Report] { all.withLock { $0 } }

        func add(_ message: String, _ failed: Bool) {
            all.withLock {
                $0.append(Report(message: message, failed: failed, thread: pthread_self()))
            }
        }
    }

    @Test func filesAreWrittenOnAnotherThreadAndWhole() throws {
        let reports = Reports()
        let saver = FileSaver { reports.add($0, $1) }
        let path = "/tmp/dxtop-saver-test-\(getpid())"
        unlink(path)
        defer { unlink(path) }
        let contents = [UInt8](repeating: UInt8(ascii: "x"), count: 4 << 20)
        saver.save(contents, to: path)
        saver.finish(patience: .seconds(20))
        let first = try #require(reports.reports.first)
        #expect(first.message == "saved \(path)")
        #expect(!first.failed)
        #expect(first.thread != pthread_self())
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_size == contents.count)

        // The same name again: an existing file is never touched.
        saver.save([], to: path)
        saver.finish(patience: .seconds(20))
        #expect(reports.reports.count == 2)
        #expect(reports.reports.last?.failed == true)
        #expect(reports.reports.last?.message.contains("exists already") == true)
    }
}
