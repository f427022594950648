// The same chain in Swift: a generic method, a method, a function.

import Glibc

@_silgen_name("dump_on_signal")
func dumpOnSignal(
    _ path: UnsafePointer<CChar>, _ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>)

struct Queue {
    var sum = 0

    @inline(never)
    mutating func pop(_ count: Int) -> Int {
        for index in 0..<count { sum = sum &* 31 &+ index }
        return sum
    }
}

@inline(never)
func consume(_ queue: inout Queue, _ count: Int) -> Int {
    let first = queue.pop(count)
    return first &+ queue.pop(count &+ first & 7)
}

if CommandLine.argc > 1 { dumpOnSignal(CommandLine.arguments[1], environ) }
var queue = Queue()
while consume(&queue, 1000) != 1 || CommandLine.argc > 0 {}
