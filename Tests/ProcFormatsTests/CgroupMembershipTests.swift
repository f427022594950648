import ProcFormats
import Testing

@Suite("cgroup")
struct CgroupMembershipTests {
    @Test(
        "the path to show",
        arguments: [
            ("5.4/unified/cgroup", "/system.slice/odd:name.service"),
            ("5.4/disk-wait/cgroup", "/kubepods/burstable/pod1/2f5c"),
            ("3.10-el7/futex/cgroup", "/system.slice/streamd.service"),
            ("4.18-el8/epoll/cgroup", "/system.slice/edged.service"),
            ("6.18.44/kernel-thread/cgroup", "/"),
        ])
    func path(fixture: String, expected: String) throws {
        let bytes = try Fixture.bytes(fixture)
        #expect(try CgroupMembership(parsing: bytes.span).path == expected)
    }

    @Test("every line is kept")
    func lines() throws {
        let bytes = Array("3:cpu,cpuacct:/a\n1:name=systemd:/b:c\n0::/d (deleted)\n".utf8)
        let membership = try CgroupMembership(parsing: bytes.span)
        #expect(membership.lines.map(\.hierarchy) == [3, 1, 0])
        #expect(membership.lines.map(\.controllers) == [["cpu", "cpuacct"], ["name=systemd"], []])
        #expect(membership.lines.map(\.path) == ["/a", "/b:c", "/d (deleted)"])
        #expect(membership.path == "/d (deleted)")
    }

    @Test("no hierarchy at all")
    func empty() throws {
        let bytes: [UInt8] = []
        #expect(try CgroupMembership(parsing: bytes.span).path == nil)
    }

    @Test("a line without a path is lost, and counted")
    func malformed() throws {
        let bytes = Array("4:memory:/a\n3:cpu\n0::/b\n".utf8)
        var faults = FieldFaults()
        let membership = try CgroupMembership(parsing: bytes.span, noting: &faults)
        #expect(membership.lines.map(\.path) == ["/a", "/b"])
        #expect(faults.first == [FieldFault(name: "a hierarchy", text: "3:cpu")])
    }
}
