import Testing

@testable import Probes

struct FunctionTableTests {
    struct Symbol {
        var name: String
        var start: UInt64
        var size: UInt64
        var binding = FunctionTable.Binding.global
        var isLabel = false
    }

    func table(_ symbols: [Symbol], end: UInt64 = 0x1000) -> FunctionTable {
        FunctionTable(endOfCode: end) { table in
            for symbol in symbols {
                Array(symbol.name.utf8).withUnsafeBufferPointer {
                    table.add(
                        $0, at: symbol.start, size: symbol.size, binding: symbol.binding,
                        isLabel: symbol.isLabel)
                }
            }
        }
    }

    func name(at address: UInt64, _ table: FunctionTable) -> String? {
        table.index(at: address).map { String(decoding: table.name(of: $0), as: UTF8.self) }
    }

    @Test func findsTheFunctionAroundAnAddress() {
        let table = table([
            Symbol(name: "second", start: 0x200, size: 0x10),
            Symbol(name: "first", start: 0x100, size: 0x20),
        ])
        let expected: [UInt64: String?] = [
            0xFF: nil, 0x100: "first", 0x11F: "first", 0x120: nil, 0x200: "second", 0x210: nil,
        ]
        for (address, name) in expected { #expect(self.name(at: address, table) == name) }
    }

    @Test("a function of unknown size goes on to the next, the last to the end of code")
    func unknownSizes() {
        let table = table(
            [
                Symbol(name: "_start", start: 0x100, size: 0),
                Symbol(name: "main", start: 0x180, size: 0x10),
                Symbol(name: "_fini", start: 0x200, size: 0),
            ], end: 0x300)
        #expect(name(at: 0x17F, table) == "_start")
        #expect(name(at: 0x190, table) == nil)
        #expect(name(at: 0x2FF, table) == "_fini")
        #expect(name(at: 0x300, table) == nil)
    }

    /// What comes far behind it has no name, and is not its doing.
    @Test func aLabelDoesNotReachFar() {
        let symbols = [
            Symbol(name: "label", start: 0x1000, size: 0, isLabel: true),
            Symbol(name: "assembly", start: 0x8000, size: 0),
        ]
        let table = table(symbols, end: 0x20_000)
        #expect(name(at: 0x13FF, table) == "label")
        #expect(name(at: 0x1400, table) == nil)
        #expect(name(at: 0xBFFF, table) == "assembly")
        #expect(name(at: 0xC000, table) == nil)
    }

    /// In the order of `choose_best_symbol` of tools/perf/util/symbol.c.
    @Test("of several names, the one that perf tells, whichever comes first")
    func names() {
        let preferred = [
            Symbol(name: "write_all", start: 0x100, size: 8),
            Symbol(name: "write", start: 0x100, size: 8),
            Symbol(name: "_write", start: 0x100, size: 8),
            Symbol(name: "__write", start: 0x100, size: 8),
            Symbol(name: "w", start: 0x100, size: 8, binding: .local),
            Symbol(name: "w", start: 0x100, size: 8, binding: .weak),
            Symbol(name: "label", start: 0x100, size: 8, isLabel: true),
            Symbol(name: "none", start: 0x100, size: 0),
        ]
        for (index, symbol) in preferred.enumerated() {
            let rest = Array(preferred[index...])
            #expect(name(at: 0x100, table(rest)) == symbol.name)
            #expect(name(at: 0x100, table(rest.reversed())) == symbol.name)
        }
    }

    @Test func emptyAndAbsurdTables() {
        #expect(table([]).isEmpty)
        #expect(name(at: 0, table([])) == nil)
        let absurd = table([
            Symbol(name: "beyond", start: .max, size: 2), Symbol(name: "", start: 1, size: 2),
        ])
        #expect(absurd.isEmpty)
    }
}

struct FunctionNameTests {
    @Test(arguments: [
        ("main", "main"), ("_start", "_start"), ("_ZN", "_ZN"), ("$sick", "$sick"),
        ("_ZN3app5QueueIiE3popEv", "app::Queue<int>::pop"),
        ("_ZNSt6vectorIiSaIiEE9push_backEOi", "std::vector<int, std::allocator<int> >::push_back"),
        ("_ZN3app4loopEv.cold", "app::loop"),
        ("_ZN4core3fmt9Formatter3pad17h2f8d0a1b3c4d5e6fE", "core::fmt::Formatter::pad"),
        ("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar"),
        ("$s9swiftspin5QueueV3popyS2iF", "swiftspin.Queue.pop(Swift.Int) -> Swift.Int"),
        ("evil\u{1B}[2J", "evil\u{1B}[2J"),
    ])
    func readable(symbol: String, name: String) {
        #expect(FunctionName.readable(Array(symbol.utf8)[...]) == name)
    }

    @Test("bytes that are no text, and names nested without end, do no harm")
    func hostile() {
        #expect(FunctionName.readable([0x66, 0xFF]) == "f\u{FFFD}")
        let deep = "_Z" + String(repeating: "N", count: 100_000) + "1aE"
        #expect(FunctionName.readable(Array(deep.utf8)[...]) == deep.prefix(1024))
        let pointers = "_Z1f" + String(repeating: "P", count: 100_000) + "i"
        #expect(FunctionName.readable(Array(pointers.utf8)[...]) == pointers.prefix(1024))
    }

    /// f<a, b<a, a>, b<b<a, a>, b<a, a>>...>: each level has the one before twice.
    private func doubling(_ levels: Int) -> String {
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return "_Z1fI1a1bIS0_S0_E"
            + (1...levels).map { "S1_IS\(digits[$0 + 1])_S\(digits[$0 + 1])_E" }.joined() + "Evv"
    }

    @Test("a short name for a very long one stays as it is")
    func bomb() {
        let few = FunctionName.readable(Array(doubling(2).utf8)[...])
        #expect(
            few == "f<a, b<a, a>, b<b<a, a>, b<a, a> >,"
                + " b<b<b<a, a>, b<a, a> >, b<b<a, a>, b<a, a> > > >")
        let many = doubling(22)
        #expect(FunctionName.readable(Array(many.utf8)[...]) == many)
    }
}
