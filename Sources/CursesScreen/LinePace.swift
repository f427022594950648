import Glibc

/// How much may be under way on a slow line, so that what a key does never waits behind more than
/// a moment's worth of older output.
///
/// The kernel cannot say it: a pseudo terminal takes some 20 kB without a reader (minutes at 960
/// bytes a second), and what lies behind it, ssh for one, takes more.
struct LinePace: Hashable, Sendable {
    /// Ten bits for each: those of start and stop, too.
    let bytesPerSecond: Int
    /// When the line will have taken all that was sent, on the caller's clock.
    private var freeAt = Duration.zero

    /// - Parameter baud: bits a second.
    init(baud: Int) { bytesPerSecond = max(1, baud / 10) }

    /// Bytes to send at once at most: an eighth of a second's.
    var slice: Int { max(32, bytesPerSecond / 8) }

    mutating func sent(_ bytes: Int, at now: Duration) {
        freeAt = max(freeAt, now) + .seconds(bytes) / bytesPerSecond
    }

    /// How long until the line is free; nil if it is.
    func wait(at now: Duration) -> Duration? { now < freeAt ? freeAt - now : nil }

    /// What `--slow` assumes where the line does not say how fast it is.
    static let usualBaud = 9600

    /// The speed of a serial line of at most 19,200 baud, or of one behind ssh, which passes it on;
    /// nil for what is faster, as pseudo terminals say they are. See `termios(3)`.
    static func slowBaud(of descriptor: CInt) -> Int? {
        var modes = termios()
        guard tcgetattr(descriptor, &modes) == 0 else { return nil }
        // B50 is 1, and so on up to B19200.
        let speed = Int(cfgetospeed(&modes)) - 1
        return bauds.indices.contains(speed) ? bauds[speed] : nil
    }

    private static let bauds = [
        50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19_200,
    ]
}
