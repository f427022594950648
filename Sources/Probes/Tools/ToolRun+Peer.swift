import Glibc
import ProcReading
import Samples
import Subprocess
import Units

/// Tools on the way to a peer.
extension ToolRun {
    func outcome(on peer: PeerTarget, in environment: ToolEnvironment) async -> ToolOutcome {
        do throws(ToolRefusal) {
            try environment.check(tool)
            try peer.check(in: environment)
            if tool.counts == .pathMTU { return try await searchPathMTU(to: peer, in: environment) }
            var conclusion: String?
            for step in tool.command(for: target).steps {
                guard !wasStopped else { break }
                let result = try await run(step, in: environment)
                if wasStopped { break }
                // It could be sent, and nobody answered.
                let isUnanswered = result.status == .exited(1)
                guard isUnanswered || isDone(result.status, tool.steps[0]) else {
                    throw explain(result, peer, in: environment)
                }
                conclusion = result.excerpt.summaryOfPeer
            }
            return ToolOutcome(ending: wasStopped ? .stopped : .done, conclusion: conclusion)
        } catch {
            return ToolOutcome(ending: .failed(reason: error.reason, remedy: error.remedy))
        }
    }

    private func searchPathMTU(
        to peer: PeerTarget, in environment: ToolEnvironment
    ) async throws(ToolRefusal) -> ToolOutcome {
        let headers = PathMTUResult.headers(isV6: peer.address.isV6)
        var search = PathMTUSearch(first: peer.largestPayload)
        let deadline = ContinuousClock.now + PathMTUSearch.mostTime
        while let size = search.next, !wasStopped, search.pings < PathMTUSearch.mostPings,
            ContinuousClock.now < deadline
        {
            let step = tool.command(for: peer, size: size).steps[0]
            let result = try await run(step, isShown: false, in: environment)
            if wasStopped { break }
            let answer = PathMTUSearch.Answer(
                isAnswered: result.status.isSuccess, output: result.excerpt.text, headers: headers)
            // Ping says 1 where nobody answers. What it does not even send is no matter of size.
            if answer == .silence, result.status != .exited(1) {
                throw explain(result, peer, in: environment)
            }
            search.take(answer, to: size)
            let remark = result.excerpt.text.split(separator: "\n").first { $0.hasPrefix("From ") }
            say(
                "\(size + headers) bytes (payload \(size)): \(answer.text(headers: headers))"
                    + (remark.map { "   # \($0)" } ?? ""))
        }
        guard !wasStopped else { return ToolOutcome(ending: .stopped) }
        let result = PathMTUResult(
            peer: peer.address, answersAtAll: search.answersAtAll,
            pathMTU: search.result.map {
                // Ping sends nothing longer; the interface may.
                $0 == PathMTUSearch.longest
                    ? max($0 + headers, peer.interfaceMTU ?? 0) : $0 + headers
            }, isExact: search.next == nil, isICMPReported: search.isReported,
            reporter: search.isReported ? search.reporter : nil,
            interfaceName: peer.interfaceName, interfaceMTU: peer.interfaceMTU, time: .now)
        say(result.sentence)
        return ToolOutcome(ending: .done, conclusion: result.sentence, pathMTU: result)
    }

    private func say(_ line: String) { report(.output(Array((line + "\n").utf8))) }

    private func explain(
        _ result: StepResult, _ peer: PeerTarget, in environment: ToolEnvironment
    ) -> ToolRefusal {
        let program = tool.steps[0].first { tool.packages[$0] != nil && $0 != "timeout" } ?? tool.id
        let output = result.excerpt.text
        let lastLine = output.split(whereSeparator: \.isNewline).last.map(String.init)
        let isRefused =
            output.contains("Operation not permitted") || output.contains("Permission denied")
        let isStrange = ["invalid option", "unrecognized option", "bad value"].contains {
            output.contains($0)
        }
        return ToolRefusal(
            lastLine ?? "\(program) ended without output",
            remedy: isRefused
                ? (environment.user.rawValue == 0
                    ? "give the container CAP_NET_RAW, or run dxtop on its host"
                    : "run dxtop as root, or sysctl net.ipv4.ping_group_range='0 2147483647'")
                : isStrange ? "this needs \(program) of iputils" : nil)
    }
}

extension PeerTarget {
    /// The longest payload of a ping that its interface lets out whole.
    var largestPayload: Int {
        let longest = interfaceMTU.map { $0 - PathMTUResult.headers(isV6: address.isV6) }
        return max(
            PathMTUSearch.small, min(longest ?? PathMTUSearch.longest, PathMTUSearch.longest))
    }

    /// Throws where its namespace cannot be entered, or is another one by now.
    func check(in environment: ToolEnvironment) throws(ToolRefusal) {
        if isOfLink, interfaceName == nil {
            throw ToolRefusal("\(address) is link-local: its interface is not known")
        }
        guard let namespace, !namespace.isOwn else { return }
        var status = stat()
        guard let file = namespaceFile, stat(file, &status) == 0,
            UInt64(status.st_ino) == namespace.id.rawValue
        else { throw ToolRefusal("the network namespace \(namespace.id.rawValue) is gone") }
        guard environment.path(of: "nsenter") != nil else {
            throw ToolRefusal("nsenter is not installed", remedy: "install the package util-linux")
        }
        guard environment.capabilities.contains(.administration) else {
            throw ToolRefusal(
                "only root may enter the network namespace \(namespace.id.rawValue)",
                remedy: "run dxtop as root")
        }
    }
}

extension PathMTUSearch.Answer {
    fileprivate func text(headers: Int) -> String {
        switch self {
        case .came: "answered"
        case .silence: "no answer"
        case .tooLong(let longest, let reporter):
            "too long" + (reporter.map { ", reported by \($0)" } ?? ", reported by the kernel")
                + (longest.map { ": at most \($0 + headers)" } ?? "")
        }
    }
}

extension Excerpt {
    /// The line in which ping or tracepath sums up.
    fileprivate var summaryOfPeer: String? {
        text.split(separator: "\n").last {
            $0.contains("packets transmitted") || $0.contains("Resume:")
        }.map { String($0.drop { $0 == " " }) }
    }
}
