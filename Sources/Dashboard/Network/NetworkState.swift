import Diagnosis
import ProcFormats
import Samples
package import Units

/// What views 4 and 5 know and how a person set them.
package struct NetworkState: Sendable {
    /// The namespace on show, in the Overview too; nil for dxtop's own.
    package var namespace: NamespaceID?
    /// The burst that was asked for last, and how many were: never counted anew, or the next
    /// one would seem to be answered.
    var burst: NetworkWish.Burst?
    private var burstCount = 0
    /// To whom the way is shown.
    var routeTo: IPAddress?
    /// Ports by the names of services, once they were asked for.
    private(set) var services: ServiceNames?
    var showsServices = false
    /// Addresses by the names of hosts: what DNS was asked for, and what it said; nil while it has
    /// not answered.
    private(set) var hostNames: [IPAddress: String?] = [:]
    var showsHosts = false
    /// More names are not kept: they are asked for anew when they come into view.
    private static let mostHostNames = 4096
    /// The rows of views 4 and 5 in order, made once for each reading; so are groups of sockets.
    var rows = SocketRows()
    private(set) var groups: [SocketGroup] = []
    private var groupsOf: (reading: SocketRows.ReadingVersion, kind: SocketGroup.Kind)?
    /// Names of the processes of a refresh.
    private(set) var processNames = ProcessNames()
    private var processNamesOf: Int?

    package init() {}

    mutating func update(_ event: Event) {
        switch event {
        case .services(let names): services = names
        case .hostName(let address, let name): hostNames[address] = .some(name)
        default: break
        }
    }

    /// Brings the names of processes up to what is shown.
    mutating func prepare(_ snapshot: Snapshot) {
        guard processNamesOf != snapshot.sequence else { return }
        processNamesOf = snapshot.sequence
        processNames = ProcessNames(snapshot.processes)
    }

    /// Brings the groups of sockets up to what is shown.
    ///
    /// - Parameter isWhole: what is counted was read.
    mutating func group(by kind: SocketGroup.Kind, of snapshot: Snapshot?, isWhole: Bool) {
        guard let reading = snapshot?.network, isWhole else {
            groups = []
            groupsOf = nil
            return
        }
        let version = SocketRows.ReadingVersion(reading, of: snapshot)
        guard groupsOf?.reading != version || groupsOf?.kind != kind else { return }
        groupsOf = (version, kind)
        groups = SocketGroup.all(by: kind, in: reading.sockets.sockets)
    }

    mutating func poll(_ sockets: [SocketID]) {
        burstCount += 1
        burst = NetworkWish.Burst(sockets: sockets, number: burstCount)
    }

    /// Those of these hosts that were not asked for yet; from now on they are.
    mutating func unasked(_ addresses: [IPAddress]) -> [IPAddress] {
        var new: [IPAddress] = []
        for address in addresses where hostNames[address] == nil {
            if hostNames.count >= Self.mostHostNames { hostNames.removeAll() }
            hostNames[address] = .some(nil)
            new.append(address)
        }
        return new
    }

    /// What was not answered is asked for again when names are shown the next time.
    mutating func forgetUnanswered() { hostNames = hostNames.filter { $0.value != nil } }
}
