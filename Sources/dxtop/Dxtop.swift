import ArgumentParser

/// The command `dxtop`. Alone it is the dashboard.
@main
struct Dxtop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dxtop",
        abstract: "From symptom to proof on a Linux box in trouble.",
        discussion: """
            Alone it opens the dashboard: which thread spins and in which function it does. \
            Without a terminal the same figures come as text or JSON.

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
}
