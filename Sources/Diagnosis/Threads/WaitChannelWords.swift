/// What a thread in state D waits for, by the function of the kernel that it waits in. Names change
/// between kernels, so parts of them are searched.
enum WaitChannelWords {
    /// Nil for a function that this table does not know.
    static func meaning(of channel: String) -> String? {
        words.first { word in word.parts.contains { channel.contains($0) } }?.meaning
    }

    /// The first that fits counts.
    private static let words: [(parts: [String], meaning: String)] = [
        (["nfs", "rpc_wait"], "an NFS server that does not answer"),
        (["fuse", "request_wait_answer"], "the daemon of a FUSE file system"),
        (["cifs", "smb2"], "an SMB server that does not answer"),
        (["balance_dirty", "writeback", "wb_wait"], "writing back to disk, which cannot keep up"),
        (
            ["jbd2", "ext4", "xfs", "xlog", "btrfs"],
            "its file system: the journal or other writers"
        ),
        (["folio_wait", "wait_on_page", "filemap", "lock_page"], "a page that is read or written"),
        (
            ["blk_", "io_schedule", "bio_", "submit_bio", "wbt_", "rq_qos", "bit_wait_io"],
            "a block device"
        ),
        (["throttle_direct_reclaim", "mem_cgroup", "shrink"], "memory to become free"),
        (
            ["percpu_rwsem", "sb_start_write"],
            "a frozen file system (fsfreeze, a snapshot) to be thawed"
        ),
        (["rwsem", "mutex_lock", "mmap"], "a lock in the kernel that another thread holds"),
        (["kernel_clone", "do_fork", "vfork"], "its vfork child to call execve or to end"),
        (["exit", "de_thread"], "other threads to end"),
        (["refrigerator", "freezer_trap"], "its control group to be thawed (the freezer)"),
        (["usb", "scsi", "nvme"], "a device's driver"),
    ]
}
