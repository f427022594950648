import CElfutils
import Glibc

/// An ELF file that is open, or bytes that are one; `elf(5)`.
final class ElfFile {
    /// Of libelf.
    let handle: OpaquePointer
    private let bytes: UnsafeMutableRawBufferPointer?
    /// -1 for bytes.
    private let file: Int32

    /// - Parameter file: may be closed after `releaseFile()`.
    init?(_ file: Int32) {
        guard let handle = celfutils_open(file) else { return nil }
        self.handle = handle
        self.file = file
        bytes = nil
    }

    /// - Parameter bytes: from malloc(3); freed with this.
    init?(owning bytes: UnsafeMutableRawBufferPointer) {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
            let handle = celfutils_open_bytes(base, bytes.count)
        else {
            free(bytes.baseAddress)
            return nil
        }
        self.handle = handle
        self.bytes = bytes
        file = -1
    }

    deinit {
        celfutils_close(handle)
        free(bytes?.baseAddress)
    }

    /// Nothing more can be read from the file; what was read stays.
    func releaseFile() { celfutils_release_descriptor(handle) }

    /// The parts that are loaded, 64 at most.
    var segments: [celfutils_segment] {
        var segments = [celfutils_segment](repeating: celfutils_segment(), count: 64)
        let count = celfutils_segments(handle, &segments, segments.count)
        return Array(segments.prefix(count))
    }

    /// The identity of the build, which a file with its debug information has, too.
    var buildID: [UInt8]? {
        var size = 0
        guard let bytes = celfutils_build_id(handle, &size) else { return nil }
        return Array(UnsafeRawBufferPointer(start: bytes, count: size))
    }

    /// The file with the debug information: `.gnu_debuglink`, a name and a checksum.
    var debugLink: (name: String, checksum: UInt32)? {
        guard let section = section(".gnu_debuglink"),
            let end = section.firstIndex(of: 0), section.count >= 4
        else { return nil }
        return (
            String(decoding: section[..<end], as: UTF8.self),
            section.loadUnaligned(fromByteOffset: section.count - 4, as: UInt32.self)
        )
    }

    /// The symbols that a distribution leaves in a stripped file: `.gnu_debugdata`, an ELF file in
    /// an xz stream.
    var unpackedSymbols: ElfFile? {
        var count = 0
        guard let section = section(".gnu_debugdata"),
            let bytes = celfutils_unpack(section.baseAddress, section.count, 256 << 20, &count)
        else { return nil }
        return ElfFile(owning: UnsafeMutableRawBufferPointer(start: bytes, count: count))
    }

    /// The machine code, as it stands in the file.
    var code: UnsafeRawBufferPointer? { section(".text") }

    /// Adds the functions of a Go program; tells whether it is one.
    func addGoFunctions(to table: inout FunctionTable) -> Bool {
        guard let section = section(".gopclntab") ?? section(".data.rel.ro.gopclntab") else {
            return false
        }
        // Where C is linked in, its code comes first.
        let isAlone = self.section(".eh_frame") == nil
        let text = celfutils_section_address(handle, ".text")
        guard let functions = GoFunctions(section, text: isAlone && text > 0 ? text : nil) else {
            return false
        }
        functions.add(to: &table)
        return true
    }

    /// As it stands in the file; valid as long as this.
    private func section(_ name: String) -> UnsafeRawBufferPointer? {
        var size = 0
        guard let bytes = celfutils_section(handle, name, &size) else { return nil }
        return UnsafeRawBufferPointer(start: bytes, count: size)
    }

    /// Adds the functions of `.symtab`; tells whether there is one.
    func addFunctions(to table: inout FunctionTable) -> Bool {
        var bytes: UInt64 = 0
        let count = celfutils_symbols(handle, false, &bytes)
        let isLarge = bytes > FunctionTable.mostKeptNames
        table.prepare(forFunctions: count, namesIn: isLarge ? NameFile(copying: file) : nil)
        return withUnsafeMutablePointer(to: &table) {
            celfutils_each_function(handle, file, false, $0, addFunction)
        }
    }

    /// Adds those that other files may call.
    func addDynamicFunctions(to table: inout FunctionTable) {
        withUnsafeMutablePointer(to: &table) {
            _ = celfutils_each_function(handle, file, true, $0, addFunction)
        }
    }

    /// Adds the stubs through which it calls functions of other files.
    func addStubs(to table: inout FunctionTable) {
        withUnsafeMutablePointer(to: &table) { celfutils_each_stub(handle, $0, addStub) }
    }
}

private func addFunction(
    _ table: UnsafeMutableRawPointer?, _ function: UnsafePointer<celfutils_function>?
) {
    guard let table = table?.assumingMemoryBound(to: FunctionTable.self),
        let function = function?.pointee, let name = function.name
    else { return }
    // What follows is the version: "pthread_create@@GLIBC_2.34". One for old programs only, "cfree@"
    // beside "free@@", is no good name.
    let length = strcspn(name, "@")
    let isOld = name[length] != 0 && name[length + 1] != CChar(UInt8(ascii: "@"))
    let binding: FunctionTable.Binding =
        switch function.binding {
        case _ where isOld: .weak
        case celfutils_weak: .weak
        case celfutils_local: .local
        default: .global
        }
    name.withMemoryRebound(to: UInt8.self, capacity: length) {
        table.pointee.add(
            UnsafeBufferPointer(start: $0, count: length), at: function.address,
            size: function.size, binding: binding, isLabel: function.is_label,
            nameAt: function.name_offset)
    }
}

private func addStub(
    _ table: UnsafeMutableRawPointer?, _ stub: UnsafePointer<celfutils_function>?
) {
    guard let table = table?.assumingMemoryBound(to: FunctionTable.self),
        let stub = stub?.pointee, let name = stub.name
    else { return }
    let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
    (Array(bytes) + Array("@plt".utf8)).withUnsafeBufferPointer {
        table.pointee.add($0, at: stub.address, size: stub.size, binding: .local)
    }
}
