import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// Who waits for a process that is stopped, and for how long it has been; the rest is in
/// `MachineDetectorTests`.
@Suite struct StoppedTests {
    /// It was started at a terminal.
    private static func process(_ state: TaskState) -> ProcessSample {
        var process = ProcessSample(
            id: MadeMachine.id(7), parent: ProcessID(5), name: "psql", state: state)
        process.hasTerminal = true
        return process
    }

    private static func socket(
        _ transport: Transport, _ state: SocketState, port: UInt16 = 5432, number: UInt64 = 1
    ) -> SocketSample {
        SocketSample(
            id: MadeNetwork.id(number), transport: transport,
            local: .ip(IPAddress(v4: 1), port: port), peer: .none, state: state,
            owner: SocketOwner(process: MadeMachine.id(7), descriptor: Int32(number)))
    }

    /// What is said of a job at each second in which something is.
    ///
    /// - Parameter sockets: what is read of its sockets at a second; nil where nothing is.
    private func said(_ sockets: (Int) -> [SocketSample]?) -> [Finding] {
        var machine = MadeMachine()
        return (1...20).compactMap { second in
            machine.refresh(
                [Self.process(.stopped)],
                network: sockets(second).map { sockets in
                    MadeNetwork.reading(second) { $0.sockets.sockets = sockets }
                })
            return machine.finding(.stopped)
        }
    }

    @Test(
        arguments: [
            (.tcp, .established, 5432), (.tcp, .closeWait, 5432), (.udp, .established, 5432),
            (.udp, .close, 0), (.unixStream, .established, 0),
        ] as [(Transport, SocketState, Int)])
    func aJobWithConnectionsOfItsOwnStaysInformation(
        _ transport: Transport, _ state: SocketState, _ port: Int
    ) {
        let socket = Self.socket(transport, state, port: UInt16(port))
        let found = said { $0.isMultiple(of: 2) ? [socket] : nil }
        #expect(found.count == 15)
        #expect(found.allSatisfy { $0.severity == .info })
        #expect(found.allSatisfy { !$0.evidence.contains { $0.contains("waits") } })
    }

    /// Its table is read now and then only.
    @Test(
        arguments: [(.tcp, .listen), (.unixStream, .listen), (.udp, .close)]
            as [(Transport, SocketState)])
    func aJobAtWhichOthersWaitStaysAWarning(_ transport: Transport, _ state: SocketState) {
        let socket = Self.socket(transport, state)
        let found = said { second in
            second == 3 ? [socket] : second.isMultiple(of: 5) ? [] : nil
        }
        #expect(found.count == 15)
        #expect(found.allSatisfy { $0.severity == .warning })
        #expect(
            found.allSatisfy {
                $0.evidence.contains("it listens at 1 socket: whoever asks there waits")
            })
    }

    @Test func socketsAreCounted() throws {
        let sockets = [
            Self.socket(.tcp, .listen, number: 1), Self.socket(.udp, .close, number: 2),
            Self.socket(.tcp, .established, number: 3),
        ]
        let finding = try #require(said { _ in sockets }.last)
        #expect(finding.evidence.contains("it listens at 2 sockets: whoever asks there waits"))
    }

    // MARK: Age

    /// - Parameter running: seconds for which it runs at first.
    private func claim(_ state: TaskState, running: Int) -> String? {
        var machine = MadeMachine()
        for second in 0..<(running + 6) {
            machine.refresh([Self.process(second < running ? .sleeping : state)])
        }
        return machine.finding(.stopped)?.claim
    }

    @Test func whoWasStoppedBeforeTheFirstRefreshIsSoForLongerThanIsKnown() {
        #expect(
            claim(.stopped, running: 0)
                == "psql 7 is stopped by a signal (SIGSTOP, SIGTSTP) for at least 5s")
        #expect(
            claim(.traced, running: 0)
                == "psql 7 is stopped by a tracer, which traces it, for at least 5s")
    }

    @Test func whoStopsUnderItsEyesHasAnExactAge() {
        #expect(
            claim(.stopped, running: 3)
                == "psql 7 is stopped by a signal (SIGSTOP, SIGTSTP) for 5s")
    }
}
