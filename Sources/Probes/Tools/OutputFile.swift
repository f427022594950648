import Glibc
package import SystemPackage

/// A tool's output, saved by its user.
package enum OutputFile {
    /// Writes `output`, made harmless to print, to a new file that only its owner may read. An
    /// existing file or link is never touched, and a file that could not be written whole is gone
    /// again.
    package static func save(
        _ output: [UInt8], to path: String
    ) throws(OutputFileError) {
        guard !path.isEmpty else {
            throw OutputFileError(path: path, errno: .noSuchFileOrDirectory)
        }
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly,
                options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
            do {
                // A full disk or quota may show only when the file is closed.
                try file.closeAfter { _ = try file.writeAll(HarmlessText.bytes(output)) }
            } catch {
                unlink(path)
                throw error
            }
        } catch {
            throw OutputFileError(path: path, errno: error as? Errno ?? .ioError)
        }
    }
}

/// Why output could not be saved.
package struct OutputFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let errno: Errno

    /// What happened and what to do, fit for a terminal.
    package var description: String {
        let path = HarmlessText.line(path)
        return switch errno {
        case .fileExists: "\(path) exists already: choose another name"
        case .noSpace, .diskQuotaExceeded:
            "no space for \(path): nothing was saved, choose another disk"
        case .readOnlyFileSystem: "\(path) is on a read-only file system: choose another, as /tmp"
        case .permissionDenied, .notPermitted: "no right to write \(path): choose another directory"
        case .noSuchFileOrDirectory, .notDirectory: "there is no directory for '\(path)'"
        case .isDirectory: "\(path) is a directory: add a file name"
        case .fileNameTooLong: "that file name is too long"
        default: "could not save \(path): \(errno)"
        }
    }
}
