internal import ProcFormats
internal import Samples
internal import Units

extension HostSample {
    /// All memory.
    var memoryPages: PageCount? {
        guard let total = memory?.total, let pageSize, pageSize.rawValue > 0 else { return nil }
        return PageCount(total.rawValue / pageSize.rawValue)
    }
}
