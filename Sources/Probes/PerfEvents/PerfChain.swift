/// The call chain that the kernel found, by its own tables for itself and by frame pointers for user
/// code: innermost first, each but the first of either a return address.
struct PerfChain: Hashable, Sendable {
    var kernel: [UInt64] = []
    var user: [UInt64] = []

    /// - Parameter place: where it stands: numbers above PERF_CONTEXT_MAX say whose the next ones are.
    init(_ bytes: RawSpan, _ place: Range<Int>) {
        var isUser = false
        var isKernel = false
        for offset in stride(from: place.lowerBound, to: place.upperBound, by: 8) {
            let address = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if address >= Self.firstMarker {
                isUser = address == Self.userMarker
                isKernel = address == Self.kernelMarker
            } else if isUser {
                user.append(address)
            } else if isKernel {
                kernel.append(address)
            }
        }
    }

    private static let firstMarker = UInt64(bitPattern: -4095)
    private static let kernelMarker = UInt64(bitPattern: -128)
    private static let userMarker = UInt64(bitPattern: -512)
}
