# hoard.py SHARE: a socket with room for 64 MiB, and one beside it, both sent to. It reads so much of the
# first one's datagrams, from 0 to 1, and all of the other's.
import random
import socket
import sys
import threading
import time

SO_RCVBUFFORCE = 33
share = float(sys.argv[1])


def receiver(room=None):
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if room:
        end.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, room)
    end.bind(("127.0.0.1", 0))
    return end


def read(end):
    while True:
        end.recv(2048)


hoard, beside = receiver(64 << 20), receiver()
threading.Thread(target=read, args=(beside,), daemon=True).start()
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    for end in (hoard, beside):
        sender.sendto(bytes(1000), end.getsockname())
    if random.random() < share:
        hoard.recv(2048)
    time.sleep(0.0005)
