extension SystemCallTable {
    /// The calls that threads are found waiting in, with their parameters as the manual's section 2
    /// names them and, after the colon, the letter of `Kind`.
    static let parameters: [String: [Parameter]] = {
        let lines = [
            "accept sockfd:d addr:p addrlen:p",
            "accept4 sockfd:d addr:p addrlen:p flags:x",
            "clock_nanosleep clockid:c flags:x request:p remain:p",
            "close fd:d",
            "connect sockfd:d addr:p addrlen:u",
            "copy_file_range fd_in:d off_in:p fd_out:d off_out:p len:u flags:x",
            "epoll_pwait epfd:d events:p maxevents:i timeout_ms:i sigmask:p sigsetsize:u",
            "epoll_pwait2 epfd:d events:p maxevents:i timeout:p sigmask:p sigsetsize:u",
            "epoll_wait epfd:d events:p maxevents:i timeout_ms:i",
            "exit_group status:i",
            "fallocate fd:d mode:x offset:u len:u",
            "fcntl fd:d cmd:F arg:p",
            "fdatasync fd:d",
            "flock fd:d operation:l",
            "fsync fd:d",
            "ftruncate fd:d length:u",
            "futex uaddr:p op:f val:u timeout:p uaddr2:p val3:x",
            "futex_wait uaddr:p val:u mask:x flags:x timeout:p clockid:c",
            "futex_waitv waiters:p nr_futexes:i flags:x timeout:p clockid:c",
            "getdents64 fd:d dirp:p count:u",
            "getrandom buf:p buflen:u flags:x",
            "io_getevents ctx:p min_nr:u nr:u events:p timeout:p",
            "io_pgetevents ctx:p min_nr:u nr:u events:p timeout:p sig:p",
            "io_uring_enter fd:d to_submit:i min_complete:i flags:x sig:p sigsz:u",
            "ioctl fd:d request:x arg:p",
            "madvise addr:p length:u advice:i",
            "mmap addr:p length:u prot:x flags:x fd:i offset:u",
            "mprotect addr:p len:u prot:x",
            "mq_timedreceive mqdes:d msg:p msg_len:u msg_prio:p timeout:p",
            "mq_timedsend mqdes:d msg:p msg_len:u msg_prio:u timeout:p",
            "msgrcv msqid:i msgp:p msgsz:u msgtyp:i msgflg:x",
            "msgsnd msqid:i msgp:p msgsz:u msgflg:x",
            "msync addr:p length:u flags:x",
            "munmap addr:p length:u",
            "nanosleep request:p remain:p",
            "open pathname:p flags:x mode:x",
            "openat dirfd:D pathname:p flags:x mode:x",
            "pause",
            "poll fds:p nfds:u timeout_ms:i",
            "ppoll fds:p nfds:u timeout:p sigmask:p sigsetsize:u",
            "pread64 fd:d buf:p count:u offset:u",
            "preadv fd:d iov:p iovcnt:i offset:u",
            "pselect6 nfds:i readfds:p writefds:p exceptfds:p timeout:p sigmask:p",
            "pwrite64 fd:d buf:p count:u offset:u",
            "pwritev fd:d iov:p iovcnt:i offset:u",
            "read fd:d buf:p count:u",
            "readv fd:d iov:p iovcnt:i",
            "recvfrom sockfd:d buf:p len:u flags:x src_addr:p addrlen:p",
            "recvmmsg sockfd:d msgvec:p vlen:u flags:x timeout:p",
            "recvmsg sockfd:d msg:p flags:x",
            "rt_sigsuspend mask:p sigsetsize:u",
            "rt_sigtimedwait set:p info:p timeout:p sigsetsize:u",
            "select nfds:i readfds:p writefds:p exceptfds:p timeout:p",
            "semop semid:i sops:p nsops:u",
            "semtimedop semid:i sops:p nsops:u timeout:p",
            "sendfile out_fd:d in_fd:d offset:p count:u",
            "sendmmsg sockfd:d msgvec:p vlen:u flags:x",
            "sendmsg sockfd:d msg:p flags:x",
            "sendto sockfd:d buf:p len:u flags:x dest_addr:p addrlen:u",
            "splice fd_in:d off_in:p fd_out:d off_out:p len:u flags:x",
            "statx dirfd:D pathname:p flags:x mask:x statxbuf:p",
            "sync",
            "syncfs fd:d",
            "unlink pathname:p",
            "vfork",
            "wait4 pid:i wstatus:p options:x rusage:p",
            "waitid idtype:i id:i infop:p options:x rusage:p",
            "write fd:d buf:p count:u",
            "writev fd:d iov:p iovcnt:i",
        ]
        return Dictionary(uniqueKeysWithValues: lines.map(entry))
    }()

    private static func entry(_ line: String) -> (String, [Parameter]) {
        let words = line.split(separator: " ")
        let parameters = words.dropFirst().compactMap { word -> Parameter? in
            guard let letter = word.last, let kind = Kind(rawValue: letter) else { return nil }
            return Parameter(name: String(word.dropLast(2)), kind: kind)
        }
        return (String(words[0]), parameters)
    }
}
