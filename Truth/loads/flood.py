# flood.py INTERFACE [RATE]: sends frames that nobody waits for, as fast as it can, or so many a second.
import socket
import sys
import time

link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((sys.argv[1], 0))
frame = b"\xff" * 6 + b"\x02\0\0\0\0\x01" + b"\x88\xb5" + bytes(50)
pause = 1 / float(sys.argv[2]) if len(sys.argv) > 2 else 0
while True:
    try:
        link.send(frame)
    except OSError:
        pass
    if pause:
        time.sleep(pause)
