internal import ProcFormats
internal import Units

/// What UDP sockets dropped, by the files of `/proc/net`: netlink does not tell before 4.7. Belongs
/// to one thread.
final class FileDrops {
    private struct Listed {
        var moment: Nanoseconds
        /// By cookie.
        var progress: [UInt64: Progress] = [:]
    }

    private let reader: ProcReader
    private let folder: ProcFile.NetworkFolder
    private var listed: [SocketListing: Listed] = [:]

    init(reader: ProcReader, folder: ProcFile.NetworkFolder) {
        self.reader = reader
        self.folder = folder
    }

    /// Fills in the drops of sockets of one listing: those from `start` on. One that came since they
    /// were listed, or went before the file was read, has none.
    func fill(
        _ sockets: inout [SocketSample], from start: Int, of listing: SocketListing,
        at moment: Nanoseconds
    ) {
        let drops = read(listing)
        let before = listed[listing]
        let interval = before.map { moment.since($0.moment) }
        var now = Listed(moment: moment)
        for index in start..<sockets.count {
            let cookie = sockets[index].id.cookie
            var progress = before?.progress[cookie]
            sockets[index].drops = Progress.advance(
                &progress, to: drops[sockets[index].inode], in: interval,
                isNew: !sockets[index].isFromBefore)
            now.progress[cookie] = progress
        }
        listed[listing] = now
    }

    /// By inode.
    private func read(_ listing: SocketListing) -> [UInt32: UInt32] {
        var drops: [UInt32: UInt32] = [:]
        try? reader.read(.network(folder, listing.file)) { bytes, faults throws(ParseError) in
            var offset = try SocketTable.firstRow(in: bytes)
            while let row = SocketTableRow(
                nextIn: bytes, at: &offset, hasDrops: true, noting: &faults)
            {
                if row.inode != 0 { drops[row.inode] = row.drops }
            }
        }
        return drops
    }
}
