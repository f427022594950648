package import Glibc
internal import ProcFormats
internal import SystemPackage
package import Units

/// Mounted file systems, and who has files on them.
extension ProcRoot {
    /// Which mount namespace a process is in, by the text of its link: "mnt:[4026531840]".
    package func mountNamespace(of process: ProcessID) -> String? {
        link(.process(process, "ns/mnt"))
    }

    /// What is on a file system; `statvfs(3)`. May block for ever: one on a network or in a program may
    /// not answer.
    ///
    /// - Parameter process: who sees that path; nil for ourselves.
    package func fileSystem(at path: String, seenBy process: ProcessID?) -> statvfs? {
        var result = statvfs()
        let seen = process.map { "\(self.path)/\($0.rawValue)/root\(path)" } ?? path
        return statvfs(seen, &result) == 0 ? result : nil
    }

    /// A file that a process has open for writing.
    package struct OpenFile {
        package let path: String
        /// As `mountinfo` has it.
        package let mount: Int
    }

    /// Files of file systems that a process has open for writing, of so many descriptors. What they
    /// lead to is not touched; `proc_pid_fdinfo(5)`.
    package func filesForWriting(of process: ProcessID, atMost most: Int) -> [OpenFile] {
        let reader = ProcReader(root: self, bufferSize: 1024)
        var numbers: [Int32] = []
        try? reader.list(.process(process, "fd"), into: &numbers, atMost: most)
        let thread = ThreadID(process.rawValue)
        return numbers.prefix(most).compactMap { number in
            guard let path = link(.descriptor(process, thread, number)), path.hasPrefix("/"),
                let info = try? reader.read(
                    .descriptorInfo(process, thread, number), as: DescriptorInfo.self),
                info.isForWriting, let mount = info.mount
            else { return nil }
            return OpenFile(path: path, mount: mount)
        }
    }
}
