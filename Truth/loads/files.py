# A server whose connections come and go: up to 200 files open, more and fewer.
import math
import time

files = []
while True:
    wanted = int(110 + 90 * math.sin(time.monotonic()))
    while len(files) < wanted:
        files.append(open("/dev/null"))
    while len(files) > wanted:
        files.pop().close()
    time.sleep(0.05)
