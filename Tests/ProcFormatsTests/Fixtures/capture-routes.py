#!/usr/bin/env python3
"""Captures what rtnetlink(7) answers of interfaces and routes that this script itself makes, as it
comes, up to and with the message that ends it.

Run as root, with iproute2:  ./capture-routes.py
It works in a network namespace of its own, and writes a folder `routes` in one named after the
kernel release.
"""
import ctypes
import os
import socket
import struct
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, os.uname().release.split("-")[0], "routes")
CLONE_NEWNET = 0x40000000
RTM_GETLINK, RTM_GETROUTE = 18, 26
NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
RTA_DST = 1
NAMESPACE = """
link set lo up
link add left mtu 1450 type veth peer name right
link set left up
link set right up
address add 10.77.0.1/24 dev left
address add fd00:77::1/64 dev left nodad
route add default via 10.77.0.254
route add 10.78.0.0/16 via 10.77.0.2 mtu 1400 metric 20
route add blackhole 10.79.0.0/16
route add 10.80.0.0/16 nexthop via 10.77.0.2 nexthop via 10.77.0.3
route add 10.83.0.0/16 via inet6 fd00:77::2 dev left
route add 10.81.0.0/24 dev left table 777 proto static src 10.77.0.1
-6 route add fd00:78::/48 via fd00:77::2 mtu 1300 proto bird
"""


def ask(name, kind, flags, request):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
        header = struct.pack("=IHHII", 16 + len(request), kind, NLM_F_REQUEST | flags, 1, 0)
        netlink.send(header + request)
        answer = b""
        is_done = False
        while not is_done:
            piece = netlink.recv(65536)
            answer += piece
            offset = 0
            while offset < len(piece):
                length, kind = struct.unpack_from("=IH", piece, offset)
                is_done = kind in (2, 3) or not flags
                offset += (length + 3) & ~3
    with open(os.path.join(OUT, name), "wb") as file:
        file.write(answer)


def main():
    os.makedirs(OUT, exist_ok=True)
    if ctypes.CDLL(None).unshare(CLONE_NEWNET) != 0:
        raise SystemExit("run as root")
    for line in NAMESPACE.split("\n"):
        if line:
            subprocess.run(["ip", *line.split()], check=True)
    ask("links", RTM_GETLINK, NLM_F_DUMP, bytes(16))
    ask("routes-4", RTM_GETROUTE, NLM_F_DUMP, struct.pack("=B11x", socket.AF_INET))
    ask("routes-6", RTM_GETROUTE, NLM_F_DUMP, struct.pack("=B11x", socket.AF_INET6))
    peer = socket.inet_aton("10.78.5.5")
    ask("chosen-4", RTM_GETROUTE, 0,
        struct.pack("=BB10xHH", socket.AF_INET, 32, 4 + len(peer), RTA_DST) + peer)


main()
