/// What an epoll instance waits for: the "tfd" lines of `/proc/PID/fdinfo/FD`; `proc_pid_fdinfo(5)`.
public struct EpollTargets: ProcFormat, Hashable, Sendable {
    public var targets: [Target]

    public struct Target: Hashable, Sendable {
        /// The number under which it was added. The file may have another by now, or none.
        public var descriptor: Int32
        /// EPOLLIN and the like; `epoll_ctl(2)`.
        public var events: UInt32
        /// Of the file itself (since 4.12). Sockets and pipes have theirs from one sequence, and
        /// regular files cannot be waited for.
        public var inode: UInt64?

        public init(descriptor: Int32, events: UInt32, inode: UInt64? = nil) {
            self.descriptor = descriptor
            self.events = events
            self.inode = inode
        }

        /// EPOLLIN.
        public var isForReading: Bool { events & 1 != 0 }
        /// EPOLLONESHOT.
        public var isOneShot: Bool { events & 1 << 30 != 0 }
        /// EPOLLET.
        public var isEdgeTriggered: Bool { events & 1 << 31 != 0 }
    }

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        targets = []
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            let start = cursor.offset
            if cursor.firstOffset(of: .newline) != nil, cursor.skip("tfd:") {
                if let target = try? Target(at: &cursor, &faults) {
                    targets.append(target)
                } else {
                    cursor.offset = start
                    faults.note("tfd", bytes, start..<bytes.count)
                }
            }
            cursor.passLine(&faults)
        }
    }
}

extension EpollTargets.Target {
    /// "       7 events: 80000019 data:                7  pos:0 ino:7dbda sdev:9"
    fileprivate init(
        at cursor: inout ByteCursor, _ faults: inout FieldFaults
    ) throws(ParseError) {
        cursor.skipBlanks()
        descriptor = try cursor.signed()
        try cursor.expect(" events:")
        cursor.skipBlanks()
        let start = cursor.offset
        guard let events = UInt32(exactly: try cursor.hexadecimalDigits()), cursor.endsField else {
            throw ParseError(.overflow, at: start)
        }
        self.events = events
        try cursor.expect(" data:")
        cursor.skipColumn()
        cursor.skipBlanks()
        guard cursor.skip("pos:") else {
            guard cursor.current == .newline else {
                throw ParseError(.unexpected, at: cursor.offset)
            }
            return
        }
        cursor.passFields(1)
        try cursor.expect("ino:")
        inode = cursor.hexadecimal("ino", &faults)
    }
}
