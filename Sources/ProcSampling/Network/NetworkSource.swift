internal import ProcFormats
internal import Units

/// Where one network namespace is read: by the kernel, or made for a test. Belongs to one thread.
protocol NetworkSource: AnyObject {
    /// Moves the thread into the namespace, where that is needed. Everything but `leave` is called
    /// in it.
    func enter() throws(ProcError)
    func leave() throws(StrandedThread)

    func counters() -> CounterReader.Reading
    func interfaces() -> [InterfaceSample]
    /// Without owners.
    func sockets(_ tables: SocketTables, at moment: Nanoseconds) -> SocketReading
    /// Nil where they cannot be read.
    func routes() -> RoutingReading?
    func route(to peer: IPAddress) -> ChosenRoute?

    /// Opens what samples a queue, on the thread that is to sample; nil where queues cannot be sampled
    /// at closely.
    var opensQueueReader: BurstLane.OpenQueue? { get }
}

/// A thread could not come back from a network namespace: of any other it must read nothing.
struct StrandedThread: Error {}
