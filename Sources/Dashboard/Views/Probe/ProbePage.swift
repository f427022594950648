import Probes

/// What of a probe's reading is on the screen.
package enum ProbePage: Hashable, Sendable {
    /// Of a profile: functions by their own share; the tree of calls; whose samples they are.
    case functions, callTree, threads
    case systemCalls
    case waits
    case stacks

    /// The page that a kind of probe opens with.
    init(of request: ProbeRequest) {
        switch request {
        case .profile: self = .functions
        case .systemCalls: self = .systemCalls
        case .waits: self = .waits
        case .stacks: self = .stacks
        }
    }

    /// The pages of a profile, in the order in which Tab goes through them.
    static let ofProfile: [ProbePage] = [.functions, .callTree, .threads]
}
