package import Units

extension ProcRoot {
    /// The socket with this inode, as the network namespace of a process has it; nil where it is not
    /// found. Costs a reading of all sockets of its kind and of those read before it.
    ///
    /// Another namespace than ours is read through the process's own files, so that the calling
    /// thread stays where it is.
    package func socket(inode: UInt32, of process: ProcessID) -> SocketSample? {
        guard let namespace = try? NamespaceID(of: process, in: self) else { return nil }
        let isOwn = isLive && namespace == NamespaceHandle.own?.id
        let table = SocketTableReader(
            reader: ProcReader(root: self), folder: isOwn ? .tree : .process(process),
            namespace: namespace, usesNetlink: isOwn)
        for kind in [SocketTables.tcp, .udp, .unix, .raw, .packet] {
            let sockets = table.read(kind, at: .sinceBoot).sockets
            if let found = sockets.first(where: { $0.inode == inode }) { return found }
        }
        return nil
    }
}
