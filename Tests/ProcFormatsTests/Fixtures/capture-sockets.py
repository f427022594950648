#!/usr/bin/env python3
"""Captures what the kernel tells of sockets that this script itself opens: files of /proc/net, and
answers of sock_diag(7) as they come, up to and with the message that ends them.

Run as root:  ./capture-sockets.py
It works in a network namespace of its own, with nothing but the loopback interface in it, and
writes a folder `sockets` in one named after the kernel release.
"""
import ctypes
import os
import socket
import struct
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, os.uname().release.split("-")[0], "sockets")
CLONE_NEWNET = 0x40000000
NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST_DUMP = 0x301
INFO_AND_SKMEMINFO = 0x42
NAME_PEER_RQLEN_MEMINFO_UID = 0x75


def save(name, content):
    with open(os.path.join(OUT, name), "wb") as file:
        file.write(content)


def dump(name, request):
    """Everything the kernel answers."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as netlink:
        header = struct.pack("=IHHII", 16 + len(request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 1, 0)
        netlink.send(header + request)
        answer = b""
        kind = 0
        while kind not in (2, 3):
            piece = netlink.recv(65536)
            answer += piece
            offset = 0
            while offset < len(piece):
                length, kind = struct.unpack_from("=IH", piece, offset)
                offset += (length + 3) & ~3
    save(name, answer)


def dump_inet(name, family, protocol):
    dump(name, struct.pack("=BBBBI48x", family, protocol, INFO_AND_SKMEMINFO, 0, 0xFFFFFFFF))


def tcp(family, host, port):
    """A listener with one connection waiting, one with 5 bytes unread, and one whose peer closed."""
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(7)
    sockets = [listener]
    for source in (port + 1, port + 2, port + 3):
        client = socket.socket(family)
        client.bind((host, source))
        client.connect((host, port))
        sockets.append(client)
        if source != port + 3:
            server, _ = listener.accept()
            sockets.append(server)
            if source == port + 1:
                client.send(b"12345")
            else:
                client.close()
    return sockets


def udp(family, host, port):
    """One bound, one connected to it, whose datagrams overflow the first one's buffer."""
    receiver = socket.socket(family, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    receiver.bind((host, port))
    sender = socket.socket(family, socket.SOCK_DGRAM)
    sender.bind((host, port + 1))
    sender.connect((host, port))
    for _ in range(20):
        sender.send(b"x" * 100)
    return [receiver, sender]


def unix():
    stream = socket.socket(socket.AF_UNIX)
    stream.bind("\0dxtop\0stream \x1b[31m\xff")
    stream.listen(3)
    client = socket.socket(socket.AF_UNIX)
    client.connect("\0dxtop\0stream \x1b[31m\xff")
    path = "/tmp/dxtop capture.sock"
    if os.path.exists(path):
        os.unlink(path)
    datagram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    datagram.bind(path)
    os.unlink(path)
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pair[0].send(b"123")
    return [stream, client, datagram, *pair]


def main():
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    os.makedirs(OUT, exist_ok=True)
    packet = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
    packet.bind(("lo", 0x0806))
    sockets = [
        tcp(socket.AF_INET, "127.0.0.1", 8080),
        tcp(socket.AF_INET6, "::1", 8090),
        udp(socket.AF_INET, "0.0.0.0", 12201),
        udp(socket.AF_INET6, "::1", 12301),
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6),
        unix(), packet]
    for name in ["tcp", "tcp6", "udp", "udp6", "raw", "raw6", "unix", "packet"]:
        with open(f"/proc/thread-self/net/{name}", "rb") as file:
            save(name, file.read())
    dump_inet("diag-tcp", socket.AF_INET, socket.IPPROTO_TCP)
    dump_inet("diag-tcp6", socket.AF_INET6, socket.IPPROTO_TCP)
    dump_inet("diag-udp", socket.AF_INET, socket.IPPROTO_UDP)
    dump_inet("diag-udp6", socket.AF_INET6, socket.IPPROTO_UDP)
    # No such protocol: how the kernel refuses.
    dump_inet("diag-refused", socket.AF_INET, 254)
    dump("diag-unix", struct.pack(
        "=BBHIIIII", socket.AF_UNIX, 0, 0, 0xFFFFFFFF, 0, NAME_PEER_RQLEN_MEMINFO_UID,
        0xFFFFFFFF, 0xFFFFFFFF))
    dump("diag-packet", struct.pack("=BBHIIII", socket.AF_PACKET, 0, 0, 0, 0x11, 0xFFFFFFFF, 0xFFFFFFFF))
    del sockets


main()
