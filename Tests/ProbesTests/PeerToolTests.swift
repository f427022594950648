import Glibc
import ProcSampling
import Subprocess
import SystemPackage
import TestTraits
import Testing
import Units

@testable import Probes

/// Tools for a peer, with a ping that does what the test says.
struct PeerToolTests {
    /// A folder with a script for `ping`, whose size is `$size`; and what it was called with, a line
    /// each.
    private final class FakePing {
        let folder: PrivateFolder
        var log: String { folder.path + "/calls" }

        init(_ script: String) throws {
            folder = try PrivateFolder()
            let text = """
                #!/bin/sh
                log=\(folder.path)/calls
                printf '%s\\n' "$*" >> "$log"
                while [ $# -gt 1 ]; do [ "$1" = -s ] && size=$2; shift; done
                answer() { echo "$((size + 8)) bytes from $1: icmp_seq=1 ttl=63 time=0.1 ms"; exit 0; }
                \(script)
                """
            let path = folder.path + "/ping"
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: .create, permissions: .ownerReadWriteExecute)
            _ = try file.closeAfter { try file.writeAll(text.utf8) }
        }

        deinit { folder.remove() }

        var environment: ToolEnvironment {
            var environment = ToolEnvironment.current()
            environment.searchPath.insert(folder.path, at: 0)
            return environment
        }

        func calls() throws -> [Substring] {
            String(decoding: try smallFile(log), as: UTF8.self).split(separator: "\n")
        }
    }

    private let peer = PeerTarget(
        address: IPAddress(v4: 0x0A01_0203), interfaceName: "veth0", interfaceMTU: 1500)

    private func run(
        _ tool: Tool, on peer: PeerTarget, in environment: ToolEnvironment = .current()
    ) async throws -> (log: RunLog, outcome: ToolOutcome) {
        let log = RunLog()
        _ = ToolRun.start(tool, on: .peer(peer), in: environment) { log.take($0) }
        return (log, try await log.finished())
    }

    @Test func `a plain path takes two pings and a sentence`() async throws {
        let ping = try FakePing("answer $1")
        let (log, outcome) = try await run(
            ToolCatalogue.pathMTU, on: peer, in: ping.environment)
        #expect(outcome.ending == .done)
        #expect(
            outcome.conclusion
                == "path MTU to 10.1.2.3 is 1500 bytes (UDP payload 1472), as much as the interface "
                + "veth0 allows")
        let result = try #require(outcome.pathMTU)
        #expect(result.pathMTU == 1500 && result.isBelowInterface == false && result.isExact)
        #expect(result.time.seconds > 1_700_000_000)
        #expect(
            try ping.calls() == [
                "-n -c 1 -W 1 -M do -s 56 10.1.2.3", "-n -c 1 -W 1 -M do -s 1472 10.1.2.3",
            ])
        #expect(
            log.output.split(separator: "\n").dropLast() == [
                "84 bytes (payload 56): answered", "1500 bytes (payload 1472): answered",
            ])
    }

    @Test func `a reported MTU is believed when it comes through`() async throws {
        let ping = try FakePing(
            """
            [ "$size" -le 1372 ] && answer $1
            echo "From 10.1.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)"; exit 1
            """)
        let (log, outcome) = try await run(
            ToolCatalogue.pathMTU, on: peer, in: ping.environment)
        #expect(
            outcome.conclusion
                == "path MTU to 10.1.2.3 is 1400 bytes (UDP payload 1372); the interface veth0 "
                + "allows 1500")
        let result = try #require(outcome.pathMTU)
        #expect(result.isICMPReported && result.reporter == IPAddress(v4: 0x0A01_0001))
        #expect(result.isBelowInterface == true)
        #expect(
            log.output.contains(
                "1500 bytes (payload 1472): too long, reported by 10.1.0.1: at most 1400"))
        #expect(try ping.calls().count == 3)
    }

    @Test func `a black hole is found by halving, and called silent`() async throws {
        let ping = try FakePing("[ \"$size\" -le 1364 ] && answer $1; exit 1")
        let (_, outcome) = try await run(ToolCatalogue.pathMTU, on: peer, in: ping.environment)
        let result = try #require(outcome.pathMTU)
        #expect(result.pathMTU == 1392 && result.isExact && !result.isICMPReported)
        #expect(outcome.conclusion?.hasSuffix("; longer packets are dropped silently") == true)
        #expect(try ping.calls().count <= PathMTUSearch.mostPings)
    }

    @Test func `of a silent peer nothing can be told`() async throws {
        let ping = try FakePing(
            "echo 'From 10.1.0.1 icmp_seq=1 Destination Host Unreachable'; exit 1")
        let (log, outcome) = try await run(
            ToolCatalogue.pathMTU, on: peer, in: ping.environment)
        #expect(outcome.ending == .done)
        #expect(outcome.pathMTU?.answersAtAll == false && outcome.pathMTU?.pathMTU == nil)
        #expect(
            outcome.conclusion
                == "10.1.2.3 does not answer pings: its path MTU is unknown")
        #expect(log.output.contains("Destination Host Unreachable"), "why is said")
    }

    @Test func `a lossy path has the MTU of a plain one`() async throws {
        // Every second call is lost.
        let ping = try FakePing("[ $(($(wc -l < \"$log\") % 2)) = 0 ] && answer $1; exit 1")
        let (log, outcome) = try await run(ToolCatalogue.pathMTU, on: peer, in: ping.environment)
        #expect(outcome.pathMTU?.pathMTU == 1500 && outcome.pathMTU?.isExact == true)
        #expect(log.output.contains("no answer"))
    }

    @Test func `without an interface's MTU the kernel says where to begin`() async throws {
        let ping = try FakePing(
            """
            [ "$size" -le 1352 ] && answer $1
            echo "ping: local error: message too long, mtu: 1400" >&2; exit 1
            """)
        let address = try #require(IPAddress("fd00::1"))
        let (_, outcome) = try await run(
            ToolCatalogue.pathMTU, on: PeerTarget(address: address), in: ping.environment)
        #expect(outcome.conclusion == "path MTU to fd00::1 is 1400 bytes (UDP payload 1352)")
        #expect(outcome.pathMTU?.isBelowInterface == nil)
    }

    @Test(arguments: [
        (Distribution?.some(.debian), "apt install iputils-ping"),
        (.fedora, "dnf install iputils"),
    ])
    func `a missing ping is named with its package`(
        distribution: Distribution?, remedy: String
    ) async throws {
        var environment = ToolEnvironment.current()
        environment.searchPath = []
        environment.distribution = distribution
        let (log, outcome) = try await run(ToolCatalogue.pathMTU, on: peer, in: environment)
        #expect(outcome.ending == .failed(reason: "ping is not installed", remedy: remedy))
        #expect(log.commands == [])
    }

    @Test(arguments: [
        ("ping: connect: Network is unreachable", nil),
        ("ping: invalid option -- 'M'", "this needs ping of iputils"),
        ("ping: socket: Operation not permitted", "CAP_NET_RAW"),
    ])
    func `what ping cannot do is no matter of size`(line: String, remedy: String?) async throws {
        let ping = try FakePing("echo \"\(line)\" >&2; exit 2")
        var environment = ping.environment
        environment.user = UserID(0)
        let (_, outcome) = try await run(ToolCatalogue.pathMTU, on: peer, in: environment)
        guard case .failed(line, let said) = outcome.ending else {
            Issue.record("\(outcome)")
            return
        }
        #expect((said == nil) == (remedy == nil))
        if let remedy { #expect(said?.contains(remedy) == true) }
        #expect(try ping.calls().count == 1)
    }

    @Test func `a search that is stopped says no result`() async throws {
        let ping = try FakePing("exec sleep 29")
        let log = RunLog()
        let run = ToolRun.start(
            ToolCatalogue.pathMTU, on: .peer(peer), in: ping.environment
        ) { log.take($0) }
        _ = try await eventually("ping runs") { log.commands.first }
        run.stop()
        let outcome = try await log.finished()
        #expect(outcome.ending == .stopped && outcome.pathMTU == nil)
    }

    @Test func `a namespace that is gone is not entered`() async throws {
        let gone = NetworkNamespace(id: NamespaceID(1), names: ["dxt-no-such-namespace"])
        let (log, outcome) = try await run(
            ToolCatalogue.ping,
            on: PeerTarget(address: IPAddress(v4: 0x7F00_0001), namespace: gone))
        #expect(
            outcome.ending
                == .failed(reason: "the network namespace 1 is gone", remedy: nil))
        #expect(log.commands == [])
    }

    @Test(.needsRoot, .needs("ping"))
    func `ping and tracepath of this machine itself`() async throws {
        let own = PeerTarget(address: IPAddress(v4: 0x7F00_0001))
        let (log, outcome) = try await run(ToolCatalogue.ping, on: own)
        #expect(outcome.ending == .done)
        #expect(outcome.conclusion?.hasPrefix("5 packets transmitted, 5 received") == true)
        #expect(log.output.contains("64 bytes from 127.0.0.1"))
    }
}

/// Three network namespaces in a row, the middle one a router.
private final class Row {
    let names: [String]

    /// - Parameters:
    ///   - router: the MTU at the router's far side.
    ///   - far: the MTU of the interface behind it. Where that is less, longer packets vanish.
    init(router: Int, far: Int) async throws {
        names = ["a", "r", "b"].map { "dxt-mtu-\(getpid())-\(router)-\(far)-\($0)" }
        let (near, middle, end) = (names[0], names[1], names[2])
        for name in names {
            try await ip("netns add \(name)")
            try await ip("-n \(name) link set lo up")
        }
        try await ip("-n \(near) link add near type veth peer name left netns \(middle)")
        try await ip(
            "-n \(middle) link add right mtu \(router) type veth peer name far netns \(end)")
        try await ip("-n \(end) link set far mtu \(far)")
        for (name, interface, v4, v6) in [
            (near, "near", "10.91.0.1", "fd91::1"), (middle, "left", "10.91.0.2", "fd91::2"),
            (middle, "right", "10.92.0.1", "fd92::1"), (end, "far", "10.92.0.2", "fd92::2"),
        ] {
            try await ip("-n \(name) address add \(v4)/24 dev \(interface)")
            try await ip("-n \(name) address add \(v6)/64 dev \(interface) nodad")
            try await ip("-n \(name) link set \(interface) up")
        }
        for key in ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"] {
            try await ip("netns exec \(middle) sysctl -qw \(key)=1")
        }
        for (name, version, by) in [
            (near, "-4", "10.91.0.2"), (end, "-4", "10.92.0.1"), (near, "-6", "fd91::2"),
            (end, "-6", "fd92::1"),
        ] { try await ip("-n \(name) \(version) route add default via \(by)") }
    }

    private func ip(_ words: String) async throws {
        let result = try await Subprocess.run(
            .name("ip"), arguments: Arguments(words.split(separator: " ").map(String.init)),
            output: .discarded, error: .string(limit: 4096))
        try #require(
            result.terminationStatus.isSuccess, "ip \(words): \(result.standardError)")
    }

    func remove() async {
        for name in names { try? await ip("netns delete \(name)") }
    }

    /// The first one of them.
    func peer(_ address: String) throws -> PeerTarget {
        var status = stat()
        try #require(stat("/run/netns/" + names[0], &status) == 0)
        return PeerTarget(
            address: try #require(IPAddress(address)),
            namespace: NetworkNamespace(id: NamespaceID(UInt64(status.st_ino)), names: [names[0]]),
            interfaceName: "near", interfaceMTU: 1500)
    }
}

/// Through a router that lets less through.
@Suite(
    .needsRoot, .needs("ip", "ping", "nsenter"))
struct LivePathMTUTests {
    private func search(_ row: Row, _ address: String) async throws -> PathMTUResult {
        let log = RunLog()
        _ = ToolRun.start(ToolCatalogue.pathMTU, on: .peer(try row.peer(address))) { log.take($0) }
        let outcome = try await log.finished()
        #expect(outcome.ending == .done, "\(log.output)")
        return try #require(outcome.pathMTU)
    }

    @Test func `a router tells, and what it tells is so`() async throws {
        let row = try await Row(router: 1400, far: 1400)
        for (address, router) in [("10.92.0.2", "10.91.0.2"), ("fd92::2", "fd91::2")] {
            let result = try await search(row, address)
            #expect(result.pathMTU == 1400 && result.isExact)
            #expect(result.isICMPReported && result.reporter == IPAddress(router))
            // By now the kernel knows it, too.
            let again = try await search(row, address)
            #expect(again.pathMTU == 1400 && again.isICMPReported && again.reporter == nil)
        }
        let near = try await search(row, "10.91.0.2")
        #expect(near.pathMTU == 1500 && near.isBelowInterface == false)
        await row.remove()
    }

    @Test func `packets that vanish without a word`() async throws {
        let row = try await Row(router: 1500, far: 1400)
        let result = try await search(row, "10.92.0.2")
        // A veth lets four bytes more through than it says, for a VLAN tag.
        #expect(result.pathMTU == 1404 && result.isExact && !result.isICMPReported)
        await row.remove()
    }
}
