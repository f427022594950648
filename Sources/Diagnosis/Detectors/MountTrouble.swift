internal import Samples
internal import Units

/// A mounted file system that is full, that does not answer, or that turned read-only.
///
/// A full one is a warning: most programs handle ENOSPC badly. High with a process whose calls fail:
/// the second signal. File systems that are full by nature (images, optical disks) are not read at all.
struct MountTrouble: Detector {
    static let kind: FindingKind = .mountTrouble

    /// When each was first seen as it is.
    private var since: [String: WallTime] = [:]

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        var now: [String: WallTime] = [:]
        let found = snapshot.mounts.compactMap { mount -> Finding? in
            guard let trouble = Self.trouble(of: mount) else { return nil }
            let key = "\(mount.process?.rawValue ?? 0) \(mount.path)"
            now[key] = since[key] ?? snapshot.time
            return Self.finding(mount, trouble, since: now[key] ?? snapshot.time)
        }
        since = now
        return found
    }

    enum Trouble { case isFull, lacksInodes, isSilent, isForcedReadOnly, turnedReadOnly }

    private static func trouble(of mount: MountSample) -> Trouble? {
        if mount.silentSince != nil { return .isSilent }
        if mount.isReadOnly {
            if mount.isForcedReadOnly { return .isForcedReadOnly }
            return mount.readOnlySince == nil ? nil : .turnedReadOnly
        }
        guard let room = mount.room else { return nil }
        if room.isFull { return .isFull }
        return room.lacksInodes ? .lacksInodes : nil
    }

    // MARK: Words

    private static func finding(
        _ mount: MountSample, _ trouble: Trouble, since: WallTime
    ) -> Finding {
        let failing = mount.writers.filter(\.fails)
        let path = mount.path
        let seen = mount.process.map { " (as process \($0) sees it)" } ?? ""
        let writer = (failing.first ?? mount.writers.first).map {
            "; \($0.name) \($0.process.pid) \($0.fails ? "fails to write" : "writes") there"
        }
        var evidence = ["\(mount.type) on \(mount.source)"]
        if let room = mount.room { evidence.append(Self.words(room)) }
        evidence += mount.writers.map { writer in
            "\(writer.name) \(writer.process.pid) has \(writer.file) open: \(writer.calls.text)"
                + " calls/s that write, \(writer.fails ? "nothing" : writer.bytes.text + " bytes/s") written"
        }
        let (claim, meaning, next) = words(trouble, of: mount)
        var finding = Finding(
            kind: .mountTrouble, subject: .file(path), severity: .warning,
            confidence: failing.isEmpty && trouble != .isForcedReadOnly ? .medium : .high,
            claim: "\(path) \(claim)\(seen)\(writer ?? "")", evidence: evidence, meaning: meaning,
            next: next, since: mount.silentSince ?? mount.readOnlySince ?? since)
        finding.processes = mount.writers.map(\.process.pid)
        return finding
    }

    /// "64 MiB of 64 MiB used, 0 B left; 12 of 40 inodes".
    private static func words(_ room: MountSample.Room) -> String {
        var text =
            "\(room.used.longText) of \(room.size.longText) used, \(room.available.longText) left"
        if room.files > 0 {
            text += "; \(room.files - min(room.files, room.freeFiles)) of \(room.files) inodes used"
        }
        return text
    }

    private static func words(
        _ trouble: Trouble, of mount: MountSample
    ) -> (claim: String, meaning: String, next: [NextStep]) {
        let path = mount.path.shellWord
        let enter = mount.enter
        switch trouble {
        case .isFull:
            return (
                "is full", "what writes there fails with ENOSPC",
                [
                    .command(
                        "\(enter)du -xh --max-depth=2 \(path) | sort -h | tail", "what fills it"),
                    .command(
                        "\(enter)lsof +L1 \(path)",
                        "files that are deleted and still held open, if any"),
                ]
            )
        case .lacksInodes:
            return (
                "has no inode left",
                "no file can be created there, though there is room: open fails with ENOSPC",
                [
                    .command(
                        "\(enter)du -x --inodes \(path) | sort -n | tail",
                        "the folders with most files")
                ]
            )
        case .isSilent:
            return (
                "does not answer",
                mount.type.hasPrefix("fuse")
                    ? "its program (FUSE) is stuck, stopped or waits itself: whoever uses the path waits"
                    : "its server or device does not answer: whoever uses the path waits",
                [
                    .command(
                        "grep -lF \(" \(mount.path.inMountTable) ".shellWord) /proc/[0-9]*/mountinfo",
                        "who has it mounted"),
                    .command("\(enter)umount -l \(path)", "takes it away from those that come"),
                ]
            )
        case .isForcedReadOnly, .turnedReadOnly:
            return (
                trouble == .turnedReadOnly
                    ? "turned read-only" : "is read-only, though it is mounted for writing",
                "what writes there fails with EROFS; after an error of its device a file system turns"
                    + " so by itself",
                [
                    .command("dmesg | tail -50", "the error, if it was one"),
                    .command("\(enter)mount -o remount,rw \(path)", "once the device is checked"),
                ]
            )
        }
    }
}

extension MountSample {
    /// What a command begins with that is to see it.
    var enter: String { process.map { "nsenter -t \($0) -m " } ?? "" }
}

extension FindingKind {
    package static let mountTrouble = FindingKind("mount", of: .threads)
}

extension String {
    /// As the kernel writes a path in `mountinfo`; `show_mountinfo` in `fs/proc_namespace.c`.
    fileprivate var inMountTable: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case " ", "\t", "\n", "\\":
                let digits = String(scalar.value, radix: 8)
                text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
