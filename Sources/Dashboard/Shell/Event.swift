package import Probes
package import ProcFormats
package import Samples
package import Screen
package import Units

/// What can happen to the dashboard. Everything comes through here, one thing at a time.
package enum Event: Sendable {
    case key(Key)
    case resize(Size)
    case sample(Snapshot)
    /// From the tool run that was started as number `run`.
    case tool(ToolEvent, run: Int)
    /// From the probe that was started as number `run`.
    case probe(ProbeEvent, run: Int)
    /// What the sampling of hot functions found; see `Effect.sampleFunctions`.
    case hotFunctions(HotFunctions)
    /// How many system calls a thread made that diagnosis asked about; see
    /// `Effect.countSystemCalls`.
    case counted(CountedSystemCalls)
    /// A file was written, or why not: a sentence either way.
    case saved(message: String, failed: Bool)
    /// Names of services, as they were asked for.
    case services(ServiceNames)
    /// What DNS says an address is called; nil where it does not know.
    case hostName(IPAddress, String?)
    /// Time went by; nothing else.
    case tick
}

/// What the dashboard wants done in the world. `update` decides, the run loop does.
package enum Effect: Sendable {
    /// Read these from now on; see `Interest`. At once where a person waits for it, else with the
    /// next refresh.
    case read(Interest, atOnce: Bool)
    case setInterval(Duration)
    case startTool(Tool, ToolTarget, run: Int)
    case stopTool
    case startProbe(any ProbeRequest, run: Int)
    case stopProbe
    /// Name the functions that burn CPU, all over the machine, or stop doing so.
    case sampleFunctions(Bool)
    /// Count the system calls of one of these, the first if it can be, when it is time for one.
    case countSystemCalls([ThreadTarget])
    case readServices
    /// Ask DNS what these are called, the last one first.
    case askForNames([IPAddress])
    case stopAsking
    case save(path: String, contents: [UInt8])
    /// What a probe found, as the kind of file that the ending of the name says.
    case saveReading(any ProbeReading, of: ProbeKind, about: String, path: String)
    /// Send every cell anew: the screen was written over by somebody else.
    case redraw
    case quit
}
