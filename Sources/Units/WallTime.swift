/// A moment on the wall clock: seconds since 1970 in UTC; see `clock_gettime(2)`, CLOCK_REALTIME.
public struct WallTime: Hashable, Comparable, Codable, Sendable {
    public var seconds: Int64
    public var nanoseconds: Int32

    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    public static func < (a: Self, b: Self) -> Bool {
        (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
    }
}
