import Testing

@testable import Diagnosis

/// The registry: who is in it, and who comes before whom.
@Suite struct DetectorsTests {
    @Test func eachKindIsFoundByOneDetector() {
        #expect(Set(Detectors.kinds).count == Detectors.all.count)
        #expect(Set(Detectors.kinds.map(\.name)).count == Detectors.all.count)
    }

    /// What a detector is suppressed by is known when its turn comes.
    @Test func whatSuppressesComesFirst() {
        var known: Set<FindingKind> = []
        for detector in Detectors.made().map({ type(of: $0) }) {
            #expect(known.isSuperset(of: detector.suppressedBy), "\(detector)")
            known.insert(detector.kind)
        }
        #expect(known == Set(Detectors.kinds))
        #expect(CPUStarvation.suppressedBy == [.cgroupThrottle])
    }
}
