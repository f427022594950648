import Glibc
import ProcReading
import SystemPackage
import TestTraits
import Testing

@testable import Probes

struct HarmlessTextTests {
    @Test(arguments: [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\u{1B}]0;title\u{07}", #"\e]0;title\x07"#),
        ("\u{1B}[31mred\r\u{7F}\0", #"\e[31mred\r\x7f\x00"#),
        ("\u{9B}31m \u{85}", #"\x9b31m \x85"#),
        ("abc\u{202E}fed\u{2066}\u{200B}", #"abc\u{202e}fed\u{2066}\u{200b}"#),
        ("漢字 é e\u{301} 😀", "漢字 é e\u{301} 😀"),
    ])
    func `control signs are spelt out, text stays`(input: String, output: String) {
        #expect(HarmlessText.string(Array(input.utf8)) == output)
    }

    @Test func `bytes that are no UTF-8 are spelt out`() {
        #expect(
            HarmlessText.string([0xFF, 0x41, 0xC0, 0x80, 0xE6, 0xBC])
                == #"\xffA\xc0\x80\xe6\xbc"#)
        #expect(HarmlessText.string([0xED, 0xA0, 0x80]) == #"\xed\xa0\x80"#)
        #expect(HarmlessText.string([UInt8]()) == "")
    }

    @Test func `a line stays one line`() {
        #expect(HarmlessText.line("a\nb\tc\n") == #"a\nb\tc\n"#)
    }
}

struct OutputFileTests {
    func withFolder(_ body: (String) throws -> Void) throws {
        let folder = try PrivateFolder()
        defer { folder.remove() }
        try body(folder.path)
    }

    func failure(_ path: String) -> String? {
        do throws(OutputFileError) {
            try OutputFile.save(Array("x".utf8), to: path)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `all is saved, harmless, for its owner only`() throws {
        try withFolder { folder in
            let path = folder + "/out.txt"
            let line = Array("\u{1B}[31mred\n".utf8)
            let output = Array(repeating: line, count: 5000).flatMap { $0 }
            try OutputFile.save(output, to: path)
            var information = stat()
            try #require(stat(path, &information) == 0)
            #expect(information.st_mode & 0o777 == 0o600)
            #expect(information.st_size == 5000 * #"\e[31mred"#.utf8.count + 5000)
            let saved = try smallFile(path)
            let first = #"\e[31mred"# + "\n"
            #expect(String(decoding: saved.prefix(20), as: UTF8.self) == first + first)
        }
    }

    @Test func `what is there already is not touched`() throws {
        try withFolder { folder in
            let path = folder + "/out.txt"
            try OutputFile.save(Array("first".utf8), to: path)
            #expect(failure(path) == "\(path) exists already: choose another name")
            #expect(try smallFile(path) == Array("first".utf8))
            let link = folder + "/link"
            try #require(symlink(folder + "/elsewhere", link) == 0)
            #expect(failure(link) == "\(link) exists already: choose another name")
            #expect(access(folder + "/elsewhere", F_OK) != 0)
        }
    }

    @Test func `places that cannot be written are explained`() throws {
        try withFolder { folder in
            #expect(failure(folder + "/no/out") == "there is no directory for '\(folder)/no/out'")
            #expect(failure("") == "there is no directory for ''")
            let long = folder + "/" + String(repeating: "x", count: 300)
            #expect(failure(long) == "that file name is too long")
        }
        #expect(failure("/sys/dxtop-test") != nil)
    }

    @Test(.needsRoot)
    func `on a full disk nothing is left behind`() throws {
        try withFolder { folder in
            try #require(mount("none", folder, "tmpfs", 0, "size=16k") == 0)
            // Lazily: a child started by another test may hold the file for a moment.
            defer { umount2(folder, CInt(MNT_DETACH)) }
            let path = folder + "/out.txt"
            let output = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 17)
            var description: String?
            do throws(OutputFileError) {
                try OutputFile.save(output, to: path)
            } catch {
                description = error.description
            }
            #expect(
                description == "no space for \(path): nothing was saved, choose another disk")
            #expect(access(path, F_OK) != 0)
        }
    }
}

struct ExcerptTests {
    @Test func `the beginning and the end are kept, however long it was`() {
        var excerpt = Excerpt()
        excerpt.append(Array("begin\n".utf8))
        for _ in 0..<1000 { excerpt.append(Array(repeating: UInt8(ascii: "x"), count: 1000)) }
        excerpt.append(Array("\nend".utf8))
        #expect(excerpt.text.hasPrefix("begin\n"))
        #expect(excerpt.text.hasSuffix("\nend"))
        #expect(excerpt.text.utf8.count < 20000)
    }
}

struct ToolFailureTests {
    let target = unchecked(pid: 1, tid: 4127)

    func explain(_ output: String, isRoot: Bool = false) -> ToolRefusal {
        ToolFailure.explain(
            "strace", ending: "exited with status 1", output: output, target: target,
            isRoot: isRoot)
    }

    @Test(arguments: [
        "strace: attach: ptrace(PTRACE_SEIZE, 4127): Operation not permitted\n",
        "Error:\nNo permission to enable cpu-clock event.\n",
        "Error:\tNo permissions to read /sys/kernel/tracing/events/raw_syscalls\n",
    ])
    func `root is not told to become root`(output: String) throws {
        #expect(try #require(explain(output).remedy).contains("run dxtop as root"))
        #expect(try !#require(explain(output, isRoot: true).remedy).contains("as root"))
    }

    @Test(arguments: [
        ("strace: attach: ptrace(PTRACE_SEIZE, 4127): No such process\n", "ended before"),
        (
            "strace: attach: ptrace(PTRACE_SEIZE, 4127): Operation not permitted\n",
            "cannot attach to"
        ),
        ("Error:\nNo permission to enable cpu-clock event.\n", "cannot measure"),
        ("Access is limited.\nperf_event_paranoid setting is 4:\n", "cannot measure"),
        (
            "Error:\tNo permissions to read /sys/kernel/tracing/events/raw_syscalls\n"
                + "Hint:\tTry 'sudo mount -o remount,mode=755 /sys/kernel/tracing/'\n",
            "tracepoints"
        ),
        ("  Error: unknown option `no-inline'\n usage: perf report\n", "too old"),
        ("WARNING: perf not found for kernel 5.15.0-1\n", "not the one for this kernel"),
        ("failed to write perf data, error: No space left on device\n", "no space for the data"),
    ])
    func `known failures are put into words`(output: String, words: String) {
        let refusal = explain(output)
        #expect(refusal.reason.contains(words))
        #expect(!refusal.reason.contains("status"))
    }

    @Test func `an unknown failure keeps its status and its last line`() {
        #expect(explain("a\nit broke\n\n") == ToolRefusal("strace exited with status 1: it broke"))
        #expect(explain("") == ToolRefusal("strace exited with status 1, without output"))
    }
}
