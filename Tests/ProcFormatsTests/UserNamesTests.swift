import ProcFormats
import Testing
import Units

@Suite("/etc/passwd")
struct UserNamesTests {
    @Test func names() {
        let content = """
            root:x:0:0:root:/root:/bin/bash
            # stream:x:1:1::/:/bin/sh
            toor:x:0:0:second root:/root:/bin/sh

            +@nis::::::
            broken:x:abc:0::/:/bin/sh
            signed:x:+5:0::/:/bin/sh
            large:x:4294967296:0::/:/bin/sh
            short:x:7
            :x:8:8::/:/bin/sh
            stream:x:995:992:Mü\u{2028}evil:x:9:9::/:/bin/sh
            nobody:x:65534:65534::/:/bin/false
            """
        let bytes = Array(content.utf8)
        let names = UserNames(parsing: bytes.span)
        #expect(names[UserID(0)] == "root")
        #expect(names[UserID(995)] == "stream")
        #expect(names[UserID(65534)] == "nobody")
        for number: UInt32 in [5, 7, 8, 9, 42] {
            #expect(names[UserID(number)] == nil)
        }
    }

    @Test("an empty file has no users")
    func empty() {
        let bytes: [UInt8] = []
        #expect(UserNames(parsing: bytes.span)[UserID(0)] == nil)
    }
}
