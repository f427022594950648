/// What works here, what works in part and why, and what would help.
package struct DoctorReport: Hashable, Sendable {
    package var lines: [Line]

    package struct Line: Hashable, Sendable {
        /// "perf events".
        package var subject: String
        package var mark: Mark
        /// What works, or what does without.
        package var what: String
        /// Why it is no more; nil where all is well.
        package var why: String?
        /// What would enable the rest; nil where nothing would, or nothing need be.
        package var remedy: String?

        package init(
            subject: String, mark: Mark, what: String, why: String? = nil, remedy: String? = nil
        ) {
            self.subject = subject
            self.mark = mark
            self.what = what
            self.why = why
            self.remedy = remedy
        }
    }

    package enum Mark: String, Hashable, Sendable, CaseIterable {
        case ok, part, no
    }

    package init(lines: [Line]) { self.lines = lines }

    /// In the order of what they are needed for: threads, profiles, memory, sockets, the rest.
    package init(_ facts: DoctorFacts) {
        let rules = DoctorRules(facts: facts)
        lines = [rules.rights, rules.processes]
        lines += rules.threads + rules.probes + rules.groups + rules.machine
        lines += rules.network + rules.tools
        lines += [rules.terminal, DoctorRules.files(facts.sampled.trouble), rules.ownMemory]
        // What any kernel may lack is worth a line where this one does.
        let told = Set(lines.map(\.subject))
        if let tree = facts.tree {
            lines += TreeItem.all.map(tree.line).filter {
                // Our own clock does for rates here.
                $0.mark != .ok && $0.subject != "clock" && !told.contains($0.subject)
            }
        }
    }
}
