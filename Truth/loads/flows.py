# flows.py RATE: so many times a second a datagram from a port that was not used before.
import socket
import sys
import time

while True:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sender.sendto(b"x", ("127.0.0.1", 9999))
    except OSError:
        pass
    sender.close()
    time.sleep(1 / float(sys.argv[1]))
