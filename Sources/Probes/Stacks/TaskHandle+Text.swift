import ProcFormats
import ProcReading
import SystemPackage
import Units

/// What a task's files say, as text.
extension TaskHandle {
    /// `stat`, and the name; nil when it is gone.
    var listed: (stat: TaskStat, name: String)? {
        namedStat.map { ($0.stat, String(decoding: $0.name, as: UTF8.self)) }
    }

    /// `comm`; nil when it is gone.
    var nameText: String? { name.map { String(decoding: $0, as: UTF8.self) } }

    /// What an open file is, by its link in `fd`: "socket:[4711]", "/var/log/x".
    func link(_ descriptor: Int32) -> String? {
        link("fd/\(descriptor)").map { String(decoding: $0, as: UTF8.self) }
    }

    /// Functions of the kernel, innermost first, the way in left out. For root only.
    func kernelFunctions() throws(Errno) -> [String] {
        try kernelStack().functions.map(\.withoutOffset).filter { !Self.wayIn.contains($0) }
    }

    /// Every system call comes through these.
    private static let wayIn: Set<String> = [
        "x64_sys_call", "do_syscall_64", "entry_SYSCALL_64", "entry_SYSCALL_64_after_hwframe",
        "do_el0_svc", "el0_svc", "el0_svc_common", "el0_svc_common.constprop.0",
        "invoke_syscall", "el0t_64_sync", "el0t_64_sync_handler",
    ]
}

extension String {
    /// "fn+0x60 [ext4]" is "fn [ext4]".
    fileprivate var withoutOffset: String {
        guard let plus = firstIndex(of: "+") else { return self }
        let module = self[plus...].firstIndex(of: " ") ?? endIndex
        return String(self[..<plus] + self[module...])
    }
}
