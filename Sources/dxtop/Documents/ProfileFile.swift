import Probes
enum ProfileFile {
    static func contents(of profile: Profile, title: String, path: String) throws -> [UInt8] { [] }
}
