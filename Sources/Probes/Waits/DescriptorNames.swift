import ProcFormats
import ProcReading
import ProcSampling
import Samples
import Units

/// What the open files of a process are, in words. What costs more than a link is asked once.
final class DescriptorNames {
    private let files: TaskHandle
    private var sockets: [UInt32: String] = [:]
    private var otherEnds: [OtherEnd: String] = [:]

    /// For going through the open files of the whole machine.
    private static let searchTime = Duration.milliseconds(300)
    private static let mostHolders = 3

    private struct OtherEnd: Hashable {
        var link: String
        var isWriting: Bool
    }

    init(_ files: TaskHandle) { self.files = files }

    /// "fd 7, tcp 10.0.3.7:8080 <- 10.9.1.4:51514"
    func name(_ descriptor: Int32, isWriting: Bool) -> String {
        guard let link = files.link(descriptor) else { return "fd \(descriptor)" }
        return "fd \(descriptor), " + name(of: link, descriptor, isWriting: isWriting)
    }

    private func name(of link: String, _ descriptor: Int32, isWriting: Bool) -> String {
        if let inode = link.number(in: "socket:[") {
            return socket(UInt32(truncatingIfNeeded: inode), isWriting: isWriting)
        }
        if link.number(in: "pipe:[") != nil {
            return "pipe, " + otherEnd(OtherEnd(link: link, isWriting: isWriting))
        }
        let anonymous = "anon_inode:"
        guard link.hasPrefix(anonymous) else { return link }
        let kind = link.dropFirst(anonymous.utf8.count).filter { $0 != "[" && $0 != "]" }
        guard kind == "eventpoll" else { return kind }
        return "epoll" + (watched(by: descriptor).map { " of \($0)" } ?? "")
    }

    /// How many files an epoll instance waits for: a line of `fdinfo` each.
    private func watched(by descriptor: Int32) -> String? {
        guard let info = try? files.bytes("fdinfo/\(descriptor)") else { return nil }
        let text = String(decoding: info, as: UTF8.self)
        let count = text.split(separator: "\n").count { $0.hasPrefix("tfd:") }
        // A longer file was not read to its end.
        let isWhole = text.last == "\n"
        return "\(count)\(isWhole ? "" : " or more") file\(count == 1 ? "" : "s")"
    }

    // MARK: - Sockets

    private func socket(_ inode: UInt32, isWriting: Bool) -> String {
        if let known = sockets[inode] { return known }
        guard let root = try? ProcRoot(),
            let socket = root.socket(inode: inode, of: files.entry)
        else { return "socket \(inode)" }
        let text = describe(socket, isWriting: isWriting)
        sockets[inode] = text
        return text
    }

    private func describe(_ socket: SocketSample, isWriting: Bool) -> String {
        let local = socket.local
        let kind = socket.transport.name
        if socket.state == .listen { return "\(kind) \(local), listening" }
        let arrow = isWriting ? "->" : "<-"
        if case .unixPeer(let peer) = socket.peer, peer != 0 {
            let end = OtherEnd(link: "socket:[\(peer)]", isWriting: isWriting)
            return "\(kind) \(local) \(arrow) \(otherEnd(end))"
        }
        let isUsual = socket.state == .established || socket.state == .close
        return "\(kind) \(local) \(arrow) \(socket.peer)"
            + (isUsual ? "" : " \(socket.stateName)")
    }

    // MARK: - The other end

    /// Who holds the end of a pipe that the thread waits for, or a socket.
    private func otherEnd(_ end: OtherEnd) -> String {
        if let known = otherEnds[end] { return known }
        let text = searchedOtherEnd(end)
        otherEnds[end] = text
        return text
    }

    private func searchedOtherEnd(_ end: OtherEnd) -> String {
        guard let root = try? ProcRoot() else { return "other end not known" }
        let (found, isComplete) = root.holders(of: end.link, within: Self.searchTime)
        let holders = found.filter { end.isWriting ? $0.mayRead : $0.mayWrite }
        guard !holders.isEmpty else {
            return isComplete
                ? "other end held by no process" : "other end held by a process unseen"
        }
        let names = holders.prefix(Self.mostHolders).map { holder in
            holder.process == files.process
                ? "fd \(holder.descriptor) of this process"
                : "fd \(holder.descriptor) of \(holder.process.withName)"
        }
        let rest = holders.count - names.count
        return "other end " + names.joined(separator: ", ") + (rest > 0 ? ", \(rest) more" : "")
    }
}

extension String {
    /// "pipe:[4711]" has 4711 in "pipe:[".
    fileprivate func number(in prefix: String) -> UInt64? {
        guard hasPrefix(prefix), hasSuffix("]") else { return nil }
        return UInt64(dropFirst(prefix.utf8.count).dropLast())
    }
}
