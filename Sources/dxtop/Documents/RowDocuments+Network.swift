import Diagnosis
import ProcSampling
import Units

extension RowDocuments {
    /// In the order of the kernel's tables; nil while no table of sockets was read.
    func sockets(of snapshot: Snapshot) -> [SocketDocument]? {
        guard let reading = snapshot.network, !reading.sockets.tables.isEmpty else { return nil }
        return documents(of: reading.sockets.sockets, in: snapshot, at: reading)
    }

    /// Its sockets in the order of what they lose; nil while nothing was read.
    func udp(of snapshot: Snapshot) -> UDPDocument? {
        guard let reading = snapshot.network else { return nil }
        let sockets = reading.sockets.sockets.filter { $0.transport == .udp }
            .sorted { $0.losses > $1.losses }
        return UDPDocument(
            reading: reading, chain: network.chain,
            sockets: documents(of: sockets, in: snapshot, at: reading).map {
                UDPSocketDocument(socket: $0, reader: network.reader(of: $0.socket.id))
            })
    }

    /// What the UDP sockets of each process that holds some drop, together; nil for a process while
    /// one of them has no rate yet.
    func dropRates(in snapshot: Snapshot) -> [ProcessIdentity: Rate?] {
        var rates: [ProcessIdentity: Rate?] = [:]
        for socket in snapshot.network?.sockets.sockets ?? [] where socket.transport == .udp {
            guard let process = socket.owner?.process else { continue }
            let sum = rates[process] ?? Rate.zero
            let rate = socket.drops?.rate
            rates[process] = .some(
                sum.flatMap { sum in rate.map { Rate(sum.rawValue + $0.rawValue) } })
        }
        return rates
    }

    private func documents(
        of sockets: [SocketSample], in snapshot: Snapshot, at reading: NetworkReading
    ) -> [SocketDocument] {
        let names = ProcessNames(snapshot.processes)
        return sockets.filter { target == nil || $0.owner?.process == target }.map {
            SocketDocument(
                socket: $0, process: $0.owner.flatMap { names.name(of: $0.process) },
                moment: reading.moment)
        }
    }
}

extension SocketSample {
    /// Now, and since it was opened.
    fileprivate var losses: (Float, UInt64) { (drops?.rate?.rawValue ?? 0, drops?.total ?? 0) }
}
