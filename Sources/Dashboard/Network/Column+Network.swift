/// The columns of views 4 and 5, of groups of sockets, of routes and of the way of a datagram.
extension Column {
    static let socketColumns = [
        Column(
            .transport, "P", 1, priority: 7, text: true, "t TCP, u UDP, r raw, x UNIX, p packet"),
        Column(
            .localAddress, "LOCAL", 15, priority: 0, flexible: true, text: true,
            "its own end; :80 is port 80 of every address"),
        Column(
            .peerAddress, "PEER", 15, priority: 3, flexible: true, text: true,
            "the other end; of a UNIX socket its inode"),
        Column(
            .socketState, "STATE", 11, priority: 1, text: true,
            "of TCP as netstat writes it; UNCONN: no peer"),
        Column(
            .seen, "SEEN", 5, priority: 5,
            "for how long it was seen in this state; + since before dxtop"),
        Column(
            .receiveQueue, "RXQ", 5, priority: 6,
            "bytes not read yet; of UDP with the kernel's overhead, of LISTEN connections not accepted"
        ),
        Column(
            .sendQueue, "TXQ", 5, priority: 8,
            "bytes not sent or not acknowledged; of LISTEN the backlog"),
        Column(.retransmits, "RETR", 5, priority: 9, "segments sent again since it was opened"),
        Column(
            .dropRate, "DROP/s", 7, priority: 11,
            "dropped a second: mostly for want of room, else by a filter or a wrong checksum"),
        Column(.drops, "LOST", 6, priority: 10, "dropped since it was opened"),
        Column(.roundTrip, "RTT", 6, priority: 12, "smoothed round trip time"),
        Column(.window, "CWND", 5, priority: 14, "congestion window, in segments"),
        Column(.receiveBuffer, "RBUF", 5, priority: 13, "receive buffer"),
        Column(.sendBuffer, "SBUF", 5, priority: 15, "send buffer"),
        Column(
            .holder, "PID/FD", 9, priority: 4, text: true,
            "who holds it open, as which descriptor; + others hold it, too"),
        Column(
            .process, "PROC", 7, priority: 2, flexible: true, text: true, "name of that process"),
        Column(.user, "USER", 8, priority: 16, text: true, "who made it, by /etc/passwd"),
        Column(.inode, "INODE", 9, priority: 17, "as the links in /proc/PID/fd name it"),
    ]

    static let udpColumns = [
        Column(
            .localAddress, "LOCAL", 15, priority: 0, flexible: true, text: true,
            "where it receives; :53 is port 53 of every address"),
        Column(.pid, "PID", 7, priority: 5, "who holds it open"),
        Column(
            .process, "PROC", 7, priority: 4, flexible: true, text: true, "name of that process"),
        Column(.tid, "TID", 7, priority: 10, "the thread that waits for it, from a close look"),
        Column(.dropRate, "DROP/s", 7, priority: 1, "datagrams dropped a second; ! it loses now"),
        Column(.drops, "LOST", 6, priority: 3, "datagrams dropped since it was opened"),
        Column(
            .receiveQueue, "RXQ", 5, priority: 6,
            "bytes not read yet, the kernel's overhead included"),
        Column(.receiveBuffer, "BUF", 5, priority: 7, "receive buffer: SO_RCVBUF, doubled"),
        Column(
            .full, "FULL%", 5, priority: 8,
            "share of a close look (b: every 10 ms for 5 s) at which the queue was 90 % full, or stood "
                + "still and lost"),
        Column(.empty, "EMPTY%", 6, priority: 9, "share of it at which the queue was empty"),
        Column(
            .reader, "READER", 9, priority: 2, text: true,
            "ok, slow, STALLED, pauses, small buf: how it is read; Enter shows the proof"),
        Column(
            .peerAddress, "PEER", 14, priority: 11, text: true, "of a connected socket, its peer"),
        Column(.user, "USER", 8, priority: 12, text: true, "who made it, by /etc/passwd"),
        Column(.inode, "INODE", 9, priority: 13, "as the links in /proc/PID/fd name it"),
    ]

    static let socketGroupColumns = [
        Column(.count, "COUNT", 6, priority: 0, "sockets of this group"),
        Column(
            .group, "GROUP", 18, priority: 0, flexible: true, text: true,
            "the state, the peer's address or the process they have in common"),
        Column(.established, "ESTAB", 6, priority: 2, "of them, connected"),
        Column(.listening, "LISTEN", 6, priority: 4, "of them, waiting for connections"),
        Column(
            .closeWait, "CLOSEW", 6, priority: 1, "of them in CLOSE_WAIT: peer gone, not closed"),
        Column(.timeWait, "TIMEW", 6, priority: 3, "of them in TIME_WAIT"),
        Column(.receiveQueue, "RXQ", 6, priority: 5, "bytes not read yet, together"),
        Column(.sendQueue, "TXQ", 6, priority: 6, "bytes not acknowledged, together"),
        Column(.retransmits, "RETR", 6, priority: 7, "segments sent again, together"),
        Column(.drops, "LOST", 6, priority: 8, "dropped, together"),
    ]

    static let routeColumns = [
        Column(
            .destination, "DESTINATION", 18, priority: 0, flexible: true, text: true,
            "addresses that go this way"),
        Column(
            .gateway, "GATEWAY", 13, priority: 1, flexible: true, text: true,
            "the next router; - its peers are on the link"),
        Column(.interface, "DEV", 10, priority: 2, text: true, "the interface it leaves by"),
        Column(.mtu, "MTU", 6, priority: 3, "largest packet: of the route, else of the interface"),
        Column(.metric, "METRIC", 6, priority: 5, "of several, the lowest is taken"),
        Column(.source, "SRC", 14, priority: 6, text: true, "the address that it is sent from"),
        Column(.routeKind, "TYPE", 9, priority: 4, text: true, "unicast, blackhole, local ..."),
        Column(
            .origin, "FROM", 7, priority: 7, text: true, "who made it: kernel, static, dhcp ..."),
        Column(.table, "TABLE", 6, priority: 8, text: true, "which routing table"),
    ]

    static let lossColumns = [
        Column(
            .stage, "WHERE", 22, priority: 0, flexible: true, text: true,
            "from the wire to the program; below each its interfaces, CPUs, counters, sockets"),
        Column(.dropRate, "LOST/s", 7, priority: 1, "lost a second; ! it loses now"),
        Column(.sinceStart, "SEEN", 8, priority: 2, "lost since dxtop began to look"),
        Column(.drops, "TOTAL", 9, priority: 3, "lost since boot, or since the namespace was made"),
        Column(
            .remark, "", 20, priority: 4, flexible: true, text: true, "what else belongs to it"),
    ]
}
