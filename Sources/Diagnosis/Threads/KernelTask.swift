/// What a kernel thread is there for, by its name.
struct KernelTask {
    /// "takes packets of eth0".
    let task: String
    /// What it means that it never rests; nil where that may be its normal work.
    let meaning: String?
    /// The interface whose packets it takes, where its name says that.
    var interface: String?

    init?(name: String) {
        if name.hasPrefix("napi/") {
            let interface = Self.interface(ofPoller: name)
            self.init(
                task: "takes packets" + (interface.map { " of \($0)" } ?? ""),
                meaning:
                    "one thread does not keep up with what its interface receives: packets wait"
                    + " or are dropped",
                interface: interface)
        } else if let interrupt = Self.interrupt(ofHandler: name) {
            self.init(
                task: "serves \(interrupt)",
                meaning: "the device interrupts all the time, or what it wants takes too long")
        } else if let queue = Self.queue(ofWorker: name) {
            self.init(task: "does the work of \(queue)", meaning: nil)
        } else {
            guard let known = Self.known.first(where: { Self.isOne(name, of: $0.prefix) }) else {
                return nil
            }
            self.init(task: known.task, meaning: known.meaning)
        }
    }

    private init(task: String, meaning: String?, interface: String? = nil) {
        self.task = task
        self.meaning = meaning
        self.interface = interface
    }

    private static let known: [(prefix: String, task: String, meaning: String?)] = [
        (
            "ksoftirqd/", "takes network packets and other soft interrupts",
            "one CPU does not keep up with what its interrupts bring: packets wait or are dropped"
        ),
        ("kswapd", "frees memory", "memory is short: what is freed is needed again at once"),
        (
            "kcompactd", "moves memory to make room for large pages",
            "free memory is fragmented: large pages are wanted and cannot be had"
        ),
        (
            "khugepaged", "makes large pages of small ones",
            "it scans without a rest: /sys/kernel/mm/transparent_hugepage/khugepaged says how much"
                + " at a time, and how long it rests"
        ),
        (
            "ksmd", "merges pages that are the same",
            "it scans without a rest: /sys/kernel/mm/ksm says how much at a time, and how long it"
                + " rests"
        ),
        (
            "kdamond", "watches which memory is used (DAMON)",
            "it looks too often, or at too much: /sys/kernel/mm/damon says how often"
        ),
        (
            "kauditd", "passes on what is audited",
            "more is audited than is taken: auditctl -s says how many records wait"
        ),
        ("jbd2/", "writes the journal of a file system", nil),
        ("loop", "reads and writes the file behind a block device", nil),
    ]

    /// "kswapd0", "kdamond.0", "jbd2/sda1-8".
    private static func isOne(_ name: String, of prefix: String) -> Bool {
        name.hasPrefix(prefix)
            && (prefix.hasSuffix("/")
                || name.dropFirst(prefix.count).allSatisfy { $0.isNumber || $0 == "." })
    }

    /// "napi/eth0-8193": threaded NAPI, since 5.12. Nil where the name was too long for the kernel to keep
    /// its end, or is one that a shell would not take as it is.
    private static func interface(ofPoller name: String) -> String? {
        let words = name.dropFirst("napi/".count)
        guard let end = words.lastIndex(of: "-") else { return nil }
        let (interface, number) = (words[..<end], words[end...].dropFirst())
        let isWhole =
            !interface.isEmpty && !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
        let isPlain = interface.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || "._-".utf8.contains($0)
        }
        return isWhole && isPlain ? String(interface) : nil
    }

    /// "irq/24-eth0", "irq/9-acpi".
    private static func interrupt(ofHandler name: String) -> String? {
        let parts = name.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, parts[0] == "irq" else { return nil }
        let words = parts[1].split(separator: "-", maxSplits: 1)
        return words.count == 2 ? "interrupt \(words[0]) of \(words[1])" : "interrupt \(parts[1])"
    }

    /// "kworker/0:1H-kblockd", "kworker/u4:2+events_unbound": of a queue that it works for now, or did.
    private static func queue(ofWorker name: String) -> String? {
        guard name.hasPrefix("kworker/") else { return nil }
        let words = name.split(maxSplits: 1, whereSeparator: { "-+".contains($0) })
        return words.count == 2 ? "the queue \(words[1])" : "a queue of the kernel"
    }
}
