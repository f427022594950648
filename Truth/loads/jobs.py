# Ten threads that wait for jobs of 1 ms, of which 100 a second come.
import queue
import threading
import time

jobs = queue.Queue()


def work():
    while True:
        end = time.perf_counter() + jobs.get()
        while time.perf_counter() < end:
            pass


for _ in range(10):
    threading.Thread(target=work, daemon=True).start()
while True:
    jobs.put(0.001)
    time.sleep(0.01)
