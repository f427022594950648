public import Units

/// What a row, a finding, a probe or a tool is about.
public enum Subject: Hashable, Sendable {
    /// The machine as a whole.
    case host
    case process(ProcessIdentity)
    case thread(ThreadIdentity, of: ProcessIdentity)
    /// A control group, by its path.
    case group(String)
    /// With the process that holds it, where that is known.
    case socket(SocketID, inode: UInt32, owner: ProcessIdentity?)
    /// Who is at the other end of a connection.
    case peer(IPAddress)
    /// A network interface, by name.
    case interface(String)
    /// A block device, by name.
    case device(String)
    /// A mapping of a process, by its first address.
    case mapping(UInt64, of: ProcessIdentity)
    /// A file, by its path.
    case file(String)

    /// The process it is, or belongs to; nil where there is none, or none is known.
    public var process: ProcessIdentity? {
        switch self {
        case .process(let process), .thread(_, of: let process), .mapping(_, of: let process):
            process
        case .socket(_, _, let owner): owner
        case .host, .group, .peer, .interface, .device, .file: nil
        }
    }
}
