package import Units

/// The name of a file of /proc, relative to the root of the tree. Building it allocates nothing.
package enum ProcFile {
    /// Of the whole machine: "stat", "pressure/cpu".
    case host(StaticString)
    /// Of one process: "2214/status".
    case process(ProcessID, StaticString)
    /// Of one thread: "2214/task/4127/stat".
    case thread(ProcessID, ThreadID, StaticString)
    /// What a descriptor stands for: "2214/task/4127/fd/7".
    case descriptor(ProcessID, ThreadID, Int32)
    /// What the kernel tells of a descriptor: "2214/task/4127/fdinfo/7".
    case descriptorInfo(ProcessID, ThreadID, Int32)
    /// Of a network namespace: "thread-self/net/udp".
    case network(NetworkFolder, StaticString)

    /// Through whom a network namespace is seen.
    package enum NetworkFolder: Hashable, Sendable {
        /// The thread that reads, which may have entered another namespace than the rest of us.
        case thread
        /// The tree itself: that of a captured one, or of the process that opened it.
        case tree
        /// A process in it: no right to enter is needed.
        case process(ProcessID)
    }

    /// Calls `body` with the name as a C string.
    package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        // The longest: two numbers of ten digits, a descriptor, and a file's name of ours.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 96) { buffer in
            var name = NameWriter(buffer: buffer)
            write(to: &name)
            name.end()
            guard let start = buffer.baseAddress else { preconditionFailure("96 bytes of stack") }
            return body(UnsafePointer(start))
        }
    }

    private func write(to name: inout NameWriter) {
        switch self {
        case .host(let file):
            name.write(file)
        case .process(let process, let file):
            name.write(process.rawValue)
            name.write("/")
            name.write(file)
        case .thread(let process, let thread, let file):
            name.write(process.rawValue)
            name.write("/task/")
            name.write(thread.rawValue)
            name.write("/")
            name.write(file)
        case .descriptor(let process, let thread, let number):
            name.write(process.rawValue)
            name.write("/task/")
            name.write(thread.rawValue)
            name.write("/fd/")
            name.write(number)
        case .descriptorInfo(let process, let thread, let number):
            name.write(process.rawValue)
            name.write("/task/")
            name.write(thread.rawValue)
            name.write("/fdinfo/")
            name.write(number)
        case .network(let folder, let file):
            switch folder {
            case .thread: name.write("thread-self/")
            case .tree: break
            case .process(let process):
                name.write(process.rawValue)
                name.write("/")
            }
            name.write("net/")
            name.write(file)
        }
    }

    package var description: String { withCString { String(cString: $0) } }

    /// Whether one read gives it all: the kernel hands out long files in pieces, those of a task
    /// whole, but not those of the network namespace that a task is in.
    package var comesWhole: Bool {
        switch self {
        case .host, .network: false
        case .process, .thread, .descriptor, .descriptorInfo: true
        }
    }

    /// Whether it belongs to a task, which may end at any time.
    package var isOfTask: Bool {
        switch self {
        case .host, .network(.thread, _), .network(.tree, _): false
        case .process, .thread, .descriptor, .descriptorInfo, .network(.process, _): true
        }
    }
}

/// Puts a name together in place; what does not fit is left out.
private struct NameWriter {
    let buffer: UnsafeMutableBufferPointer<CChar>
    private var count = 0

    init(buffer: UnsafeMutableBufferPointer<CChar>) { self.buffer = buffer }

    private mutating func write(_ byte: UInt8) {
        guard count < buffer.count - 1 else { return }
        buffer[count] = CChar(bitPattern: byte)
        count += 1
    }

    mutating func write(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { write(text.utf8Start[index]) }
    }

    /// One below zero names no task, and so no file.
    mutating func write(_ number: Int32) {
        if number < 0 { write(UInt8(ascii: "-")) }
        let magnitude = number.magnitude
        var divisor: UInt32 = 1
        while magnitude / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            write(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude / divisor % 10))
            divisor /= 10
        }
    }

    mutating func end() { buffer[count] = 0 }
}
