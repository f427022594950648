/// Every detector there is.
package enum Detectors {
    static let all: [any Detector.Type] = [
        // Processor
        UserSpin.self,
        SystemCallStorm.self,
        WakeupStorm.self,
        SignalStorm.self,
        Busy.self,
        LockConvoy.self,
        Serialised.self,
        Deadlock.self,
        PriorityInversion.self,
        RealTimeHog.self,
        IOStall.self,
        CPUStarvation.self,
        CgroupThrottle.self,
        InterruptLoad.self,
        KernelThreadBusy.self,

        // Processes
        DescriptorLeak.self,
        ThreadLeak.self,
        TaskLimitNear.self,
        PileUp.self,
        ChildrenPileUp.self,
        ForkStorm.self,
        Stopped.self,

        // Memory
        MemoryGrowth.self,
        SharedMemoryGrowth.self,
        PageFaultStorm.self,
        SwapThrash.self,
        GarbageCollection.self,
        OOMKill.self,
        GroupMemory.self,

        // Storage
        MountTrouble.self,

        // Network
        UDPLoss.self,
        UDPChecksum.self,
        TCPStall.self,
        NICDrop.self,
        SoftnetDrop.self,
        Reassembly.self,
        UDPMemory.self,
        CloseWait.self,
        ListenOverflow.self,
        SynBacklog.self,
        EphemeralPorts.self,
        TCPRetransmits.self,
        Conntrack.self,
        PathMTU.self,
    ]

    package static var kinds: [FindingKind] { all.map { $0.kind } }

    /// New ones, those before that suppress others.
    static func made() -> [any Detector] {
        var rest = all
        var ordered: [any Detector.Type] = []
        while !rest.isEmpty {
            let waiting = Set(rest.map { $0.kind })
            let free = rest.filter { waiting.isDisjoint(with: $0.suppressedBy) }
            // A circle suppresses nothing.
            ordered += free.isEmpty ? rest : free
            let taken = Set(ordered.map { $0.kind })
            rest.removeAll { taken.contains($0.kind) }
        }
        return ordered.map { $0.init() }
    }
}
