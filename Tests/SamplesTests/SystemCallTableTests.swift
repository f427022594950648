import Testing

@testable import Samples

struct SystemCallTableTests {
    private func text(_ name: String?, _ registers: [UInt64]) -> [String] {
        SystemCallTable.arguments(of: name, registers).map { argument in
            argument.name.map { "\($0)=\(argument.value)" } ?? argument.value
        }
    }

    @Test func numbersHaveNames() {
        let names = (0..<500).compactMap { SystemCallTable.name(of: $0) }
        #expect(names.contains("futex"))
        #expect(names.contains("read"))
        #expect(SystemCallTable.name(of: 1_000_000) == nil)
    }

    @Test func argumentsReadAsInTheManual() {
        #expect(
            text("futex", [0x7f00, 137, 2, 0, 0, 0xffff_ffff])
                == [
                    "uaddr=0x7f00", "op=FUTEX_WAIT_BITSET|FUTEX_PRIVATE_FLAG", "val=2",
                    "timeout=NULL", "uaddr2=NULL", "val3=0xffffffff",
                ])
        #expect(text("read", [3, 0x10, 4096, 1, 2, 3]) == ["fd=3", "buf=0x10", "count=4096"])
        #expect(
            text("epoll_wait", [5, 0x10, 64, 0xffff_ffff, 0, 0])
                == ["epfd=5", "events=0x10", "maxevents=64", "timeout_ms=-1"])
        #expect(
            text("clock_nanosleep", [1, 1, 0x20, 0, 0, 0])
                == ["clockid=CLOCK_MONOTONIC", "flags=0x1", "request=0x20", "remain=NULL"])
        #expect(text("flock", [4, 6, 0, 0, 0, 0]) == ["fd=4", "operation=LOCK_EX|LOCK_NB"])
        #expect(text("fcntl", [4, 7, 0x9, 0, 0, 0]) == ["fd=4", "cmd=F_SETLKW", "arg=0x9"])
        #expect(text("pause", [1, 2, 3, 4, 5, 6]) == [])
    }

    @Test func unknownCallsShowTheirRegisters() {
        let raw = ["0x1", "0x2", "0x3", "0x4", "0x5", "0x6"]
        #expect(text("brand_new_call", [1, 2, 3, 4, 5, 6]) == raw)
        #expect(text(nil, [1, 2, 3, 4, 5, 6]) == raw)
    }

    @Test func everyCallOfTheTableIsWellFormed() {
        for (name, parameters) in SystemCallTable.parameters {
            #expect(parameters.count <= 6, "\(name)")
            #expect(parameters.allSatisfy { !$0.name.isEmpty }, "\(name)")
        }
        #expect(SystemCallTable.parameters["epoll_pwait"]?.count == 6)
        #expect(SystemCallTable.takesDescriptorFirst("accept4"))
        #expect(!SystemCallTable.takesDescriptorFirst("futex"))
    }
}
