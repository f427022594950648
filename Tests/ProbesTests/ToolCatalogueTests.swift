import ProcSampling
import Testing
import Units

@testable import Probes

struct ToolCatalogueTests {
    let target = unchecked(pid: 2214, tid: 4127)

    @Test func `ids and keys are unique, and what comes next exists`() {
        let tools = ToolCatalogue.threadTools + ToolCatalogue.peerTools
        #expect(Set(tools.map(\.id)).count == tools.count)
        let keys = tools.compactMap(\.key)
        #expect(Set(keys).count == keys.count)
        for next in tools.compactMap(\.next) { #expect(ToolCatalogue.tool(withID: next) != nil) }
        #expect(tools.first { $0.key == "s" }?.id == "strace-summary")
        #expect(!tools.contains { $0.key == "p" })
    }

    @Test(arguments: ToolCatalogue.threadTools)
    func `every command ends by itself in the time that is shown`(_ tool: Tool) {
        let first = tool.steps[0]
        let isLimited = first.first == "timeout" || first.contains("sleep")
        #expect(isLimited)
        #expect(first.contains("\(tool.seconds)"))
    }

    @Test(arguments: ToolCatalogue.threadTools)
    func `placeholders are filled, and every program can be installed`(_ tool: Tool) {
        for step in tool.command(for: .thread(target)).steps {
            #expect(!step.joined().contains("{"))
            #expect(tool.packages[step[0]] != nil)
        }
        #expect(tool.command(for: .thread(target)).steps[0].contains("4127"))
    }

    @Test(arguments: ToolCatalogue.peerTools)
    func `tools for a peer are filled in, enter its namespace and can be installed`(_ tool: Tool) {
        let away = NetworkNamespace(id: NamespaceID(7), names: ["web"])
        let peer = ToolTarget.peer(
            PeerTarget(address: IPAddress(v4: 0x0A01_0203), namespace: away, interfaceMTU: 1500))
        #expect(ToolCatalogue.tools(for: peer).contains { $0.id == tool.id })
        for step in tool.command(for: peer).steps {
            #expect(step.starts(with: ["nsenter", "--net=/run/netns/web"]))
            #expect(!step.joined().contains("{") && step.last == "10.1.2.3")
            #expect(tool.packages[step[2]] != nil)
        }
    }

    @Test func `an address that every link has goes with its interface`() throws {
        let address = try #require(IPAddress("fe80::1"))
        let peer = ToolTarget.peer(
            PeerTarget(address: address, interfaceName: "eth0", interfaceMTU: 1500))
        #expect(
            ToolCatalogue.pathMTU.command(for: peer).shellLines
                == ["ping -n -c 1 -W 1 -M do -s 1452 fe80::1%eth0"])
    }

    @Test func `the commands can be pasted into a shell`() {
        #expect(
            ToolCatalogue.straceSummary.command(for: .thread(target)).shellLines
                == ["timeout -s INT 10 strace -c -p 4127"])
        #expect(
            ToolCatalogue.perf.command(for: .thread(target)).shellLines == [
                "perf record -N -e cpu-clock -F 99 -g -o perf-4127.data -t 4127 -- sleep 5",
                "perf report --stdio -q --no-children --no-inline -g none -s dso,sym"
                    + " -i perf-4127.data",
                "perf report --stdio -q --no-children --no-inline -g graph,2,caller -s comm"
                    + " -i perf-4127.data",
            ])
    }

    @Test(arguments: [
        ("plain-1.2/x", "plain-1.2/x"), ("", "''"), ("two words", "'two words'"),
        ("$(x)", "'$(x)'"), ("it's", "'it'\\''s'"), ("~", "'~'"), ("a\nb", "'a\nb'"),
    ])
    func `words are quoted for a shell`(word: String, quoted: String) {
        #expect(word.shellWord == quoted)
    }
}
