/// Tools for the path to a peer, all of iputils.
extension ToolCatalogue {
    static let pathMTU = Tool(
        id: "path-mtu",
        title: "path MTU: the largest packet that arrives unfragmented",
        steps: [
            ["ping", "-n", "-c", "1", "-W", "1", "-M", "do", "-s", "{size}", "{address}"]
        ],
        effect: .nothing("\(PathMTUSearch.mostPings) pings at most, one at a time"),
        seconds: 30,
        next: "tracepath",
        access: .packets,
        counts: .pathMTU,
        packages: ["ping": pingPackage])

    static let ping = Tool(
        id: "ping",
        title: "ping: reachability, round-trip time, loss",
        steps: [["ping", "-n", "-c", "5", "-w", "8", "{address}"]],
        effect: .nothing("five pings, one a second"),
        seconds: 8,
        next: "path-mtu",
        access: .packets,
        counts: .other,
        packages: ["ping": pingPackage])

    static let tracepath = Tool(
        id: "tracepath",
        title: "tracepath: routers on the path, and where the MTU drops",
        steps: [["timeout", "-s", "INT", "30", "tracepath", "-n", "{address}"]],
        effect: .nothing("a few UDP packets for each router, to high ports"),
        seconds: 30,
        access: .packets,
        counts: .other,
        packages: ["tracepath": tracepathPackage, "timeout": PackageNames("coreutils")])

    private static let pingPackage = PackageNames(
        "iputils", except: [.debian: "iputils-ping", .ubuntu: "iputils-ping"])
    private static let tracepathPackage = PackageNames(
        "iputils", except: [.debian: "iputils-tracepath", .ubuntu: "iputils-tracepath"])
}
