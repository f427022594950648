package import Fields

/// What a key asks for.
package enum Command: Hashable, Sendable {
    // Anywhere
    case view(Place)
    case back, backOrQuit
    case commandLine
    case help
    case redraw
    case freeze, resume
    case step(samples: Int), stepMinutes(Int)
    case setInterval
    case showCommand

    // Lists
    case move(by: Int), movePages(Int), first, last
    case open
    case filter
    case hotRow(by: Int)
    case chooseSort, sortNext(by: Int), reverseSort
    case sort(FieldID)
    case toggleThreads, toggleTree, toggleFollow
    case fold, unfold

    case nextFinding

    // Curves
    case zoom(in: Bool)
    case toggleScale
    case toggleBraille
    case mark
    case nextCurve
    case readMappings

    // Networks
    case nextGrouping
    case chooseNamespace
    case toggleServices, toggleHosts
    case burst
    case losses
    case routes, routeTo
    case sockets
    case ownerThreads

    // A thread
    case toolMenu
    case tool(id: String)

    // Probes
    case probe(ProbeKind)
    case hotFunctions
    case repeatProbe
    case offers

    // Findings
    case mute

    // A tool's output
    case search, searchAgain(forward: Bool)
    case scrollSideways(Int)
    case save
}
