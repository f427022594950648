package import Samples
internal import Units

/// What would prove or disprove a finding, or mend it. Which keys do that is the dashboard's to say.
package struct NextStep: Hashable, Sendable {
    package var kind: Kind
    /// What it is about; nil where that is a choice, or does not matter.
    package var subject: Subject?
    /// What it shows, or what to do: "the function it burns the CPU in".
    package var text: String

    package enum Kind: Hashable, Sendable {
        case view(View)
        case probe(Probe)
        /// A program of the catalogue of tools, by its id.
        case tool(String)
        /// A setting of the kernel, by its name, and what it should be; nil where that is to be
        /// judged.
        case setting(String, value: String?)
        /// A command of the shell.
        case command(String)
        /// What is done elsewhere: in a program, with a cable.
        case change

        /// As in JSON.
        package var name: String {
            switch self {
            case .view: "view"
            case .probe: "probe"
            case .tool: "tool"
            case .setting: "setting"
            case .command: "command"
            case .change: "change"
            }
        }

        /// Which view, probe, tool or setting it is.
        package var which: String? {
            switch self {
            case .view(let view): view.name.rawValue
            case .probe(let probe): probe.rawValue
            case .tool(let id): id
            case .setting(let name, _): name
            case .command, .change: nil
            }
        }
    }

    /// A view, and how its list should be.
    package struct View: Hashable, Sendable {
        package var name: Name
        package var filter: String?
        package var sort: Sort?

        package enum Name: String, Hashable, Sendable {
            /// Processes by CPU.
            case overview
            /// The threads of the subject; of a thread, itself in depth.
            case threads
            /// Curves of memory: of the subject, or of the machine.
            case memory
            /// The curve of the machine's swap.
            case swap
            case mappings
            case sockets
            case udp
            /// Where datagrams are lost.
            case losses
            case routes
        }

        package enum Sort: String, Hashable, Sendable {
            case cpu, faults, anonymous, retransmits
            case receiveQueue = "receive_queue"
        }

        package init(_ name: Name, filter: String? = nil, sort: Sort? = nil) {
            self.name = name
            self.filter = filter
            self.sort = sort
        }
    }

    package enum Probe: String, Hashable, Sendable {
        case profile, faults, waits, stacks
        case systemCalls = "syscalls"
    }

    private init(_ kind: Kind, of subject: Subject? = nil, _ text: String) {
        self.kind = kind
        self.subject = subject
        self.text = text
    }

    package static func view(
        _ name: View.Name, of subject: Subject? = nil, filter: String? = nil,
        sort: View.Sort? = nil, _ text: String
    ) -> NextStep {
        NextStep(.view(View(name, filter: filter, sort: sort)), of: subject, text)
    }

    package static func probe(_ probe: Probe, of subject: Subject, _ text: String) -> NextStep {
        NextStep(.probe(probe), of: subject, text)
    }

    package static func tool(_ id: String, of subject: Subject, _ text: String) -> NextStep {
        NextStep(.tool(id), of: subject, text)
    }

    package static func setting(
        _ name: String, to value: String? = nil, _ text: String
    ) -> NextStep {
        NextStep(.setting(name, value: value), text)
    }

    package static func command(
        _ command: String, of subject: Subject? = nil, _ text: String
    ) -> NextStep {
        NextStep(.command(command), of: subject, text)
    }

    package static func change(_ text: String) -> NextStep { NextStep(.change, text) }
}

extension NextStep {
    /// The command of a shell that does it, to paste; nil where there is none.
    package var command: String? {
        switch kind {
        case .view(let view): command(of: view)
        case .probe(let probe): command(of: probe)
        case .tool("ping"): peer.map { "ping -n -c 5 -w 8 \($0)" }
        case .tool("path-mtu"): peer.map { "tracepath -n \($0)" }
        case .tool: nil
        case .setting(let name, let value?): "sysctl -w \(name)=\(value)"
        case .setting(let name, nil): "sysctl \(name)"
        case .command(let command): command
        case .change: nil
        }
    }

    /// In words, with the command before them: "dxtop profile --tid 9022: the function it burns the
    /// CPU in".
    package var advice: String { (command.map { $0 + ": " } ?? "") + text }

    /// A line to paste into a shell, the words behind it as a comment; words alone where there is no
    /// command.
    package var line: String { command.map { "\($0)  # \(text)" } ?? text }

    private var peer: String? {
        if case .peer(let address) = subject { address.description } else { nil }
    }

    private var ofProcess: String { subject?.process.map { " --pid \($0.pid)" } ?? "" }

    private func command(of view: View) -> String? {
        let command =
            switch view.name {
            case .overview: "dxtop watch processes"
            case .threads: "dxtop watch threads" + ofProcess
            case .memory, .swap: "dxtop watch memory" + ofProcess
            case .mappings: subject?.process.map { "pmap -X \($0.pid)" }
            case .sockets: "dxtop watch sockets" + ofProcess
            case .udp, .losses: "dxtop watch udp"
            case .routes: peer.map { "ip route get \($0)" }
            }
        let filter = view.filter.map { " | grep \($0.shellWord)" } ?? ""
        return command.map { $0 + filter }
    }

    private func command(of probe: Probe) -> String? {
        guard let process = subject?.process else { return nil }
        let task =
            if case .thread(let thread, _) = subject { "--tid \(thread.tid)" } else {
                "--pid \(process.pid)"
            }
        return switch probe {
        case .profile: "dxtop profile \(task)"
        case .faults: "dxtop profile --pid \(process.pid) --faults"
        case .systemCalls: "dxtop syscalls \(task)"
        case .waits: "dxtop waits \(task)"
        case .stacks: "dxtop stacks --pid \(process.pid)"
        }
    }
}

extension [NextStep] {
    /// All of them in one sentence.
    package var advice: String { map(\.advice).joined(separator: "; ") }
}
