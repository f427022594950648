import Glibc
import Testing

@testable import dxtop

/// What waits while the terminal stands still.
struct MailboxTests {
    private enum Mail: Hashable, Sendable {
        case sample(Int)
        case output(Int)
    }

    private func mailbox() -> Mailbox<Mail> {
        Mailbox(mostDroppable: 3) { mail in
            if case .sample = mail { true } else { false }
        }
    }

    @Test func theOldestSamplesGoAndNothingElse() {
        let mailbox = mailbox()
        for number in 0..<100 {
            mailbox.post(.sample(number))
            if number % 40 == 0 { mailbox.post(.output(number)) }
        }
        #expect(
            mailbox.takeAll()
                == [.output(0), .output(40), .output(80), .sample(97), .sample(98), .sample(99)])
        #expect(mailbox.takeAll() == [])
    }

    @Test func fewAreAllKeptInTheirOrder() {
        let mailbox = mailbox()
        let mail: [Mail] = [.sample(1), .output(1), .sample(2), .output(2), .sample(3)]
        for value in mail { mailbox.post(value) }
        #expect(mailbox.takeAll() == mail)
    }

    @Test func itsDescriptorIsReadableWhileThereIsMail() {
        let mailbox = mailbox()
        func isReadable() -> Bool {
            var source = pollfd(fd: mailbox.fileDescriptor, events: Int16(POLLIN), revents: 0)
            return poll(&source, 1, 0) == 1
        }
        #expect(!isReadable())
        for number in 0..<5 { mailbox.post(.sample(number)) }
        #expect(isReadable())
        _ = mailbox.takeAll()
        #expect(!isReadable())
    }
}
