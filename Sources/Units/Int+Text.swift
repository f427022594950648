extension Int {
    /// With a comma between thousands: "3,072".
    public var groupedText: String {
        let digits = String(magnitude)
        var text = self < 0 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.utf8.count - place).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }
}
