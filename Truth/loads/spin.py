# A consumer that waits by looking at the clock, and writes a line a second: it has a socket, as services do.
import socket
import time

listener = socket.create_server(("127.0.0.1", 0))
said = 0.0
while True:
    now = time.monotonic()
    if now - said >= 1:
        print("nothing to do", flush=True)
        said = now
