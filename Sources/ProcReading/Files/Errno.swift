internal import Glibc
package import ProcFormats
package import SystemPackage

extension Errno {
    /// What the latest system call of this thread that failed says.
    package static var current: Errno { Errno(rawValue: errno) }

    /// The task went away.
    package var isVanished: Bool {
        self == .noSuchFileOrDirectory || self == .noSuchProcess || self == .notDirectory
    }
    package var isDenied: Bool { self == .permissionDenied || self == .notPermitted }
    /// What has run out, if that is what it says.
    package var shortage: SamplingTrouble.Shortage? {
        switch self {
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem: .descriptors
        case .noMemory: .memory
        default: nil
        }
    }
}

extension ProcError {
    /// A tree's root could not be used.
    package init(_ error: Errno, opening path: String) {
        self =
            if error.isVanished {
                .absent(path: path)
            } else if error.isDenied {
                .denied(path: path)
            } else {
                .failed(path: path, errno: error.rawValue)
            }
    }

    /// A file of a task could not be used.
    package init(_ error: Errno, ofTask file: ProcFile) {
        let path = file.description
        self =
            if error.isVanished {
                .vanished(path: path)
            } else if error.isDenied {
                .denied(path: path)
            } else {
                .failed(path: path, errno: error.rawValue)
            }
    }
}
