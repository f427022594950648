import ArgumentParser

/// The command `dxtop`; without arguments it is the dashboard.
@main
struct Dxtop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dxtop",
        abstract: "From symptom to proof on a Linux box in trouble.",
        discussion: """
            Without arguments it opens the dashboard: which thread spins, which memory grows, which \
            socket drops datagrams, and why. The other commands print the same as text or JSON.

            `dxtop help dashboard` lists the dashboard's options: --interval, --pid, --view, \
            --netns, --hot, --proc, --threads-from, --budget, --slow, --ascii, --braille, \
            --no-color.
            """,
        version: Version.text,
        subcommands: [
            DashboardCommand.self, SnapshotCommand.self, WatchCommand.self, ProfileCommand.self,
            SystemCallsCommand.self, WaitsCommand.self, StacksCommand.self, DoctorCommand.self,
        ],
        defaultSubcommand: DashboardCommand.self)

    static func main() {
        StandardDescriptors.fill()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            // Help is output like any other: where it cannot be written, that is said.
            guard exitCode(for: error) == .success else { exit(withError: error) }
            let text = fullMessage(for: error)
            if !text.isEmpty { StandardOutput().print(text) }
        }
    }
}
