/// What a process that grows will run into.
package enum MemoryLimit: Hashable, Sendable {
    /// `memory.max` of its control group or of one above it: beyond it the group pages out what it
    /// may, then processes in it are killed.
    case group(path: String)
    /// The machine's memory, by `MemAvailable`. Where there is swap, paging begins here; where there
    /// is none, something is killed.
    case hostMemory
    /// The machine's memory and its swap: beyond it something is killed. The next limit once memory
    /// itself is used up.
    case hostMemoryAndSwap
    /// The soft RLIMIT_AS; `getrlimit(2)`. Beyond it `malloc` and `mmap` fail with ENOMEM.
    case addressSpaceLimit
    /// Where addresses end: 4 GiB of a 32-bit program, 128 TiB (47 bits) of others.
    case addressSpace

    /// For people: "host memory", "group /system.slice/streamd.service".
    package var text: String {
        switch self {
        case .group(let path): "group \(path)"
        case .hostMemory: "host memory"
        case .hostMemoryAndSwap: "host memory and swap"
        case .addressSpaceLimit: "address space limit (RLIMIT_AS)"
        case .addressSpace: "end of its address space"
        }
    }

    /// In a word or two, where the group is named elsewhere.
    package var shortText: String {
        switch self {
        case .group: "memory.max"
        case .hostMemory: "host memory"
        case .hostMemoryAndSwap: "memory + swap"
        case .addressSpaceLimit: "RLIMIT_AS"
        case .addressSpace: "end of addresses"
        }
    }
}
