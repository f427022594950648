import CElfutils
import Glibc

/// Names of functions as people write them.
enum FunctionName {
    /// Bytes of a name that anyone reads.
    static let longest = 1024

    /// The name in its language, or as it is where no language mangled it:
    /// "app::Queue<int>::pop" for "_ZN3app5QueueIiE3popEv". Knows C++, Rust and Swift.
    static func readable(_ symbol: ArraySlice<UInt8>) -> String {
        let demangled = (Array(symbol) + [0]).withUnsafeBytes { bytes -> [UInt8]? in
            let name = bytes.bindMemory(to: CChar.self)
            guard let base = name.baseAddress, let text = celfutils_demangle(base) else {
                return nil
            }
            defer { free(text) }
            return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
        }
        return String(decoding: (demangled ?? Array(symbol)).prefix(longest), as: UTF8.self)
    }
}
