import Dashboard
import Diagnosis
import Fields
import ProcSampling
import Units

extension RowDocuments {
    /// In the order of the kernel's tables; nil while no table of sockets was read.
    func sockets(of snapshot: Snapshot) -> [RowDocument<SocketRow>]? {
        guard let reading = snapshot.network, !reading.sockets.tables.isEmpty else { return nil }
        return rows(of: reading.sockets.sockets.indices, in: snapshot, at: reading)
            .map { RowDocument($0) }
    }

    /// Its sockets in the order of what they lose; nil while nothing was read.
    func udp(of snapshot: Snapshot) -> UDPDocument? {
        guard let reading = snapshot.network else { return nil }
        let sockets = reading.sockets.sockets
        let order = sockets.indices.filter { sockets[$0].transport == .udp }
            .sorted { sockets[$0].losses > sockets[$1].losses }
        return UDPDocument(
            reading: reading, chain: network.chain,
            sockets: rows(of: order, in: snapshot, at: reading)
                .map { RowDocument(withReader: $0) })
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

    private func rows(
        of order: some Sequence<Int>, in snapshot: Snapshot, at reading: NetworkReading
    ) -> [SocketRow] {
        let context = SocketContext(
            reading, userNames: userNames, verdicts: network,
            names: ProcessNames(snapshot.processes))
        return order.map { SocketRow(context, $0) }
            .filter { target == nil || $0.socket.owner?.process == target }
    }
}

extension SocketSample {
    /// Now, and since it was opened.
    fileprivate var losses: (Float, UInt64) { (drops?.rate?.rawValue ?? 0, drops?.total ?? 0) }
}
