import ProcFormats
import ProcReading
import Samples
import Units

/// What a blocked system call waits for, in words.
final class WaitObjects {
    private let files: TaskHandle
    private let descriptors: DescriptorNames
    private let holders: LockHolders

    init(_ files: TaskHandle) {
        self.files = files
        descriptors = DescriptorNames(files)
        holders = LockHolders(files)
    }

    /// Of calls on a file or a futex, what tells which: the first argument.
    func argument(of call: String, _ syscall: TaskSyscall) -> UInt64? {
        if let wait = FutexWait(syscall) { return wait.address }
        guard case .blocked(_, let arguments) = syscall.record,
            SystemCallTable.takesDescriptorFirst(call)
        else { return nil }
        return arguments.first
    }

    /// Nil for calls that wait for nothing that has a name, such as a time.
    func object(of syscall: TaskSyscall) -> String? {
        guard let call = syscall.call, case .blocked(_, let arguments) = syscall.record,
            let first = arguments.first
        else { return nil }
        if let wait = FutexWait(syscall) { return wait.text(files, holders) }
        switch call {
        case "poll", "ppoll": return polled(at: first, count: arguments[1])
        case "wait4", "waitid":
            let child = Int32(truncatingIfNeeded: call == "wait4" ? first : arguments[1])
            return child > 0 ? "child \(ProcessID(child).withName)" : "any child"
        default:
            guard SystemCallTable.takesDescriptorFirst(call) else { return nil }
            let isWriting = call.contains("write") || call.contains("send")
            return descriptors.name(Int32(truncatingIfNeeded: first), isWriting: isWriting)
        }
    }

    /// The files that the program's own table names: `poll(2)`.
    private func polled(at address: UInt64, count: UInt64) -> String? {
        let entrySize = 8
        let shown = Int(min(count, 4))
        let memory = ProcessMemory(of: files.entry)
        guard let table = memory.bytes(shown * entrySize, at: address), shown > 0 else {
            return count == 0 ? nil : "\(count) files"
        }
        var names = stride(from: 0, to: table.count, by: entrySize).compactMap { offset in
            let descriptor = table.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: offset, as: Int32.self)
            }
            return descriptor < 0 ? nil : descriptors.name(descriptor, isWriting: false)
        }
        if count > UInt64(shown) { names.append("\(count - UInt64(shown)) more") }
        return names.joined(separator: "; ")
    }
}

extension ProcessID {
    /// "812 (gdb)"
    var withName: String {
        return TargetReading.Tracer(pid: self, name: TaskHandle(self).nameText).description
    }
}
