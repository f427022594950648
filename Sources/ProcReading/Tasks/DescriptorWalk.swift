internal import CLinux
internal import Glibc
package import ProcFormats
internal import SystemPackage
package import Units

/// Goes through the open files of one process, in pieces: a process may have a million. Only links
/// are read, and what they lead to is not touched; `proc_pid_fd(5)`.
package final class DescriptorWalk {
    /// The sockets found, by inode: under their lowest number.
    package private(set) var sockets: [(inode: UInt32, descriptor: Int32)] = []
    /// The epoll instances found.
    package private(set) var epolls: [Int32] = []
    /// Through which thread the files are seen: of a first thread that has ended none are.
    package let thread: ThreadID
    /// How many files the kernel said there are; 0 before 6.2.
    package let count: Int64
    /// After so many links it is asked whether the time is up: a clock costs a tenth of a link.
    package static let step = 16
    private let folder: Int32
    private var numbers: [Int32]
    private var next = 0

    package init(_ process: ProcessID, in root: ProcRoot) throws(ProcError) {
        let leader = ThreadID(process.rawValue)
        let file = ProcFile.process(process, "fd")
        var opened = file.withCString { Self.open($0, in: root) }
        guard opened.folder >= 0 else { throw ProcError(Errno.current, ofTask: file) }
        var thread = leader
        if opened.numbers.isEmpty, let other = Self.open(anotherThanFirstOf: process, in: root) {
            close(opened.folder)
            (thread, opened) = other
        }
        self.thread = thread
        folder = opened.folder
        numbers = opened.numbers
        var status = stat()
        count = fstat(folder, &status) == 0 ? Int64(status.st_size) : 0
    }

    deinit { close(folder) }

    /// Goes on until all is seen, which it returns, or `isTimeUp`.
    package func advance(until isTimeUp: () -> Bool) -> Bool {
        while next < numbers.count {
            note(numbers[next])
            next += 1
            if next % Self.step == 0, isTimeUp() { break }
        }
        guard next >= numbers.count else { return false }
        // Stable by number: of copies of one descriptor the lowest counts.
        sockets.sort { ($0.inode, $0.descriptor) < ($1.inode, $1.descriptor) }
        return true
    }

    private func note(_ number: Int32) {
        switch Self.target(of: number, in: folder) {
        case .socket(let inode): sockets.append((inode, number))
        case .epoll: epolls.append(number)
        case .other: break
        }
    }

    // MARK: One link

    package enum Target: Hashable {
        case socket(inode: UInt32)
        case epoll
        case other
    }

    /// What a descriptor of a process stands for.
    package static func target(
        of descriptor: Int32, of process: ProcessID, thread: ThreadID, in root: ProcRoot
    ) -> Target {
        ProcFile.descriptor(process, thread, descriptor).withCString {
            target(of: $0, in: root.descriptor)
        }
    }

    private static func target(of number: Int32, in folder: Int32) -> Target {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 12) { name in
            guard let start = name.baseAddress else { return .other }
            var end = start + 11
            end.pointee = 0
            var rest = number
            repeat {
                end -= 1
                end.pointee = CChar(UInt8(ascii: "0") + UInt8(rest % 10))
                rest /= 10
            } while rest > 0
            return target(of: UnsafePointer(end), in: folder)
        }
    }

    private static func target(of name: UnsafePointer<CChar>, in folder: Int32) -> Target {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            guard let start = buffer.baseAddress else { return .other }
            let count = readlinkat(
                folder, name, start.assumingMemoryBound(to: CChar.self), buffer.count)
            guard count > 0 else { return .other }
            return Target(link: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    // MARK: Folders

    private static func open(
        _ path: UnsafePointer<CChar>, in root: ProcRoot
    ) -> (folder: Int32, numbers: [Int32]) {
        let folder = openat(root.descriptor, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return (folder, []) }
        var numbers: [Int32] = []
        withUnsafeTemporaryAllocation(byteCount: 32 * 1024, alignment: 8) { buffer in
            while case let count = clinux_getdents64(folder, buffer.baseAddress, buffer.count),
                count > 0
            {
                DirectoryEntries.appendNumbers(
                    in: UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: &numbers)
            }
        }
        return (folder, numbers)
    }

    private static func open(
        anotherThanFirstOf process: ProcessID, in root: ProcRoot
    ) -> (ThreadID, (folder: Int32, numbers: [Int32]))? {
        let tasks = ProcFile.process(process, "task").withCString { open($0, in: root) }
        guard tasks.folder >= 0 else { return nil }
        close(tasks.folder)
        for number in tasks.numbers where number != process.rawValue {
            let thread = ThreadID(number)
            let opened = ProcFile.thread(process, thread, "fd").withCString {
                open($0, in: root)
            }
            if !opened.numbers.isEmpty { return (thread, opened) }
            if opened.folder >= 0 { close(opened.folder) }
        }
        return nil
    }
}

extension DescriptorWalk.Target {
    /// "socket:[12345]", "anon_inode:[eventpoll]".
    fileprivate init(link: UnsafeRawBufferPointer) {
        self = .other
        let epoll: StaticString = "anon_inode:[eventpoll]"
        if link.elementsEqual(
            UnsafeBufferPointer(start: epoll.utf8Start, count: epoll.utf8CodeUnitCount))
        {
            self = .epoll
            return
        }
        let socket: StaticString = "socket:["
        let length = socket.utf8CodeUnitCount
        guard link.count > length + 1, link.last == UInt8(ascii: "]"),
            link[..<length].elementsEqual(
                UnsafeBufferPointer(start: socket.utf8Start, count: length))
        else { return }
        var inode: UInt32 = 0
        for byte in link[length..<(link.count - 1)] {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return }
            inode = inode &* 10 &+ UInt32(digit)
        }
        self = .socket(inode: inode)
    }
}
