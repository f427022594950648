internal import Glibc

/// The pid namespace that this program is in; `pid_namespaces(7)`.
package enum PIDNamespace {
    /// Whether it is the machine's own, which has the same inode on every kernel: PROC_PID_INIT_INO
    /// of `include/linux/proc_ns.h`. Nil where it is not known.
    package static var isFirst: Bool? {
        var status = stat()
        guard stat(ProcPath.own("ns/pid"), &status) == 0 else { return nil }
        return status.st_ino == 0xEFFF_FFFC
    }
}
