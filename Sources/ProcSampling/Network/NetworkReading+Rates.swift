extension NetworkReading {
    /// No rate is known: the tree's clocks stand still.
    mutating func forgetRates() {
        interval = nil
        counters.forgetRates()
        for index in interfaces.indices { interfaces[index].forgetRates() }
        for index in softnet.indices { softnet[index].forgetRates() }
        for index in sockets.sockets.indices { sockets.sockets[index].forgetRates() }
    }
}

extension InterfaceSample {
    fileprivate mutating func forgetRates() {
        receivedPackets.rate = nil
        sentPackets.rate = nil
        dropped.rate = nil
        missed.rate = nil
        overrun.rate = nil
        damaged.rate = nil
        sendDropped.rate = nil
    }
}

extension SoftnetSample {
    fileprivate mutating func forgetRates() {
        processed.rate = nil
        dropped.rate = nil
        squeezed.rate = nil
    }
}

extension SocketSample {
    fileprivate mutating func forgetRates() {
        drops?.rate = nil
        tcp?.retransmits?.rate = nil
    }
}
