internal import Glibc

/// A file of a task that stays open, to be read again and again at half the price. It is that
/// task's for good: once it has ended there is nothing to be read, whoever gets its number.
package final class KeptFile {
    package let file: ProcFile
    package let descriptor: Int32

    package init(_ file: ProcFile, descriptor: Int32) {
        self.file = file
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
