extension WallTime {
    /// RFC 3339 in UTC with milliseconds, cut: "2026-11-23T08:10:00.123Z".
    public var rfc3339: String {
        let (days, secondOfDay) = seconds.flooredQuotientAndRemainder(dividingBy: 86_400)
        let date = CivilDate(daysSince1970: days)
        let milliseconds = nanoseconds / 1_000_000
        let time = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
            .map { twoDigits($0) }
            .joined(separator: ":")
        let day = "\(padded(date.year, to: 4))-\(twoDigits(date.month))-\(twoDigits(date.day))"
        return "\(day)T\(time).\(padded(Int64(milliseconds), to: 3))Z"
    }
}

/// A day in the Gregorian calendar.
private struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    /// Counts in 400-year eras of 146,097 days, each year beginning in March, so that the leap day
    /// is a year's last.
    init(daysSince1970: Int64) {
        let daysFromMarch0000To1970: Int64 = 719_468
        let (era, dayOfEra) = (daysSince1970 + daysFromMarch0000To1970)
            .flooredQuotientAndRemainder(dividingBy: 146_097)
        // Without the leap days that came before: every 4 years, not every 100.
        let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        // From March on, months of 31 30 31 30 31 days repeat: 153 days every 5 months.
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    /// The quotient rounded down, so that the remainder is never negative.
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func padded(_ number: Int64, to width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
