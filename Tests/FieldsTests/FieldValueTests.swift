import FoundationEssentials
import Testing
import Units

@testable import Fields

/// One value says text, order, JSON and style: what is absent is not zero.
@Suite struct FieldValueTests {
    private func json(_ value: FieldValue) throws -> String {
        String(decoding: try JSONEncoder().encode([value]), as: UTF8.self)
    }

    @Test(
        arguments: [
            (.unknown, "-"), (.denied, "-"), (.inapplicable, ""), (.stale, "?"),
        ] as [(FieldValue, String)])
    func whatIsAbsentIsNullAndComesLast(value: FieldValue, text: String) throws {
        #expect(value.text() == text)
        #expect(value.key() == nil)
        #expect(value.isAbsent)
        #expect(!value.isZero)
        #expect(try json(value) == "[null]")
    }

    @Test(
        arguments: [
            (.percent(.zero), "0.0"), (.rate(.zero), "0"), (.bytes(ByteCount(0)), "0B"),
            (.exactBytes(0), "0"), (.change(ByteChange(Int64(0))), "0"), (.count(0), "0"),
            (.total(0), "0"),
        ] as [(FieldValue, String)])
    func zeroIsAValue(value: FieldValue, text: String) throws {
        #expect(value.text() == text)
        #expect(value.isZero)
        #expect(!value.isAbsent)
        #expect(value.key() == .number(0))
        #expect(try json(value) == "[0]")
    }

    @Test(
        arguments: [
            (.percent(Percent(99.846)), "99.8", "99.85"), (.rate(Rate(8123.0)), "8.1k", "8123"),
            (.bytes(ByteCount(1 << 20)), "1.0M", "1048576"), (.exactBytes(9148), "9148", "9148"),
            (.exactBytes(127_072), "124K", "127072"), (.total(9148), "9148", "9148"),
            (.total(120_000), "120k", "120000"), (.number(-1), "-1", "-1"),
            (.change(ByteChange(-812.0 * 1024)), "-812K", "-831488"),
            (.age(.seconds(2460), isAtLeast: false), "41m", "2460"),
            (.age(.seconds(400_000), isAtLeast: true), "4d+", "400000"),
            (.timeLeft(.seconds(4400)), "73m", "4400"),
            (.latency(microseconds: 40), "40us", "40"),
            (.latency(microseconds: 1200), "1.2ms", "1200"),
            (.kind("STALLED", name: "stalled", rank: 0), "STALLED", #""stalled""#),
            (.list(["a", "b"]), "a, b", #"["a","b"]"#), (.flag(true), "yes", "true"),
        ] as [(FieldValue, String, String)])
    func everyUnitHasTextAndJSON(value: FieldValue, text: String, document: String) throws {
        #expect(value.text() == text)
        #expect(try json(value) == "[\(document)]")
        #expect(value.key() != nil)
    }

    @Test func coarseFiguresChangeRarely() {
        #expect(FieldValue.percent(Percent(33.4)).text(isCoarse: true) == "33")
        #expect(FieldValue.rate(Rate(8163.0)).text(isCoarse: true) == "8.2k")
        #expect(
            FieldValue.percent(Percent(33.4)).key(isCoarse: true)
                == FieldValue.percent(Percent(32.6)).key(isCoarse: true))
    }

    @Test func whatShowsTheSameSortsTheSame() {
        #expect(
            FieldValue.percent(Percent(33.44)).key() == FieldValue.percent(Percent(33.41)).key())
        #expect(FieldValue.percent(Percent(33.4)).key() != FieldValue.percent(Percent(33.5)).key())
    }

    @Test func whatIsNoNumberIsNotKnown() {
        #expect(FieldValue(Percent(Float.nan)) == .unknown)
        #expect(FieldValue(Rate(Float.infinity)) == .unknown)
    }
}
