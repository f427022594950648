import Probes

/// A probe that the tool menu offers for what is selected.
package struct ProbeChoice: Hashable, Sendable {
    /// The key that starts it without the menu, and in it.
    let key: Character?
    let title: String
    /// What it does to the target, and for how long.
    let effect: String
    let request: any ProbeRequest
    let subject: ProbeSubject

    /// What keys do comes first, then the rest by how much of the machine it is of.
    ///
    /// - Parameter target: a target of each scope, with its names.
    static func choices(
        on target: (ProbeKind.Scope) -> (ProbeTarget, ProbeSubject)
    ) -> [ProbeChoice] {
        let all = ProbeKind.all.flatMap { kind in
            kind.uses.enumerated().compactMap { index, use -> (ProbeKind.Scope?, ProbeChoice)? in
                let (target, subject) = target(use.scope)
                guard let request = kind.request(for: target) else { return nil }
                let key = index == 0 ? Keymap.key(of: kind) : nil
                let choice = ProbeChoice(
                    key: key, title: use.title, effect: use.effect, request: request,
                    subject: subject)
                return (key == nil ? use.scope : nil, choice)
            }
        }
        let scopes: [ProbeKind.Scope?] = [nil, .thread, .process, .host]
        return scopes.flatMap { scope in all.filter { $0.0 == scope }.map(\.1) }
    }

    package static func == (a: ProbeChoice, b: ProbeChoice) -> Bool {
        a.request.isEqual(to: b.request) && a.subject == b.subject
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(request)
        hasher.combine(subject)
    }
}
