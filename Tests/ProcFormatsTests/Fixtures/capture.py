#!/usr/bin/env python3
"""Captures /proc files of tasks whose state is known, made by this script itself.

Run as root (for `stack`) on the x86-64 machine to capture:  ./capture.py
It writes a folder named after the kernel release, with one folder per case and `host`. `cgroup` is
taken only of a kernel thread: elsewhere its paths tell about the machine, not about the format.
"""
import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, os.uname().release.split("-")[0])
TASK_FILES = ["stat", "status", "schedstat", "comm", "wchan", "syscall", "stack", "io"]
HOST_FILES = ["stat", "meminfo", "loadavg", "uptime", "vmstat", "interrupts", "softirqs", "diskstats",
              "pressure/cpu", "pressure/io", "pressure/memory"]
NETWORK_FILES = ["net/snmp", "net/netstat", "net/snmp6", "net/softnet_stat", "net/sockstat",
                 "net/dev", "net/stat/nf_conntrack", "sys/net/core/rmem_max",
                 "sys/net/ipv4/udp_mem"]
PR_SET_NAME = 15
SYS_exit = 60
libc = ctypes.CDLL(None)

HOSTILE_NAMES = {
    "name-parenthesis": b"a) R 1 (b",
    "name-newline": b"two\nlines",
    "name-escape": b"esc\x1b[31m\x07",
    "name-not-utf8": b"\xff\xfe\xc0name",
    "name-cut-character": "éééééééé".encode()[:15],
    "name-empty": b"",
}


def read(path):
    with open(path, "rb", buffering=0) as file:
        return file.read()


def save(case, name, content):
    folder = os.path.join(OUT, case)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name.replace("/", "-")), "wb") as file:
        file.write(content)


def wait_until(path, is_there):
    deadline = time.monotonic() + 10
    while not is_there(read(path)):
        if time.monotonic() > deadline:
            sys.exit(f"{path} did not become what was expected: {read(path)!r}")
        time.sleep(0.01)


def capture(case, task, extra=()):
    for name in [*TASK_FILES, *extra]:
        save(case, name, read(f"{task}/{name}"))


def state_is(letter):
    return lambda stat: stat.rpartition(b")")[2].split()[0] == letter


def child(body):
    """Forks a child that runs `body` and never returns; gives its pid."""
    pid = os.fork()
    if pid == 0:
        body()
        os._exit(0)
    return pid


def end(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def capture_thread(case, body, call, name=None):
    """A thread of this process, asleep in the system call with this number."""
    ready = threading.Event()
    tids = []

    def run():
        if name is not None:
            libc.prctl(PR_SET_NAME, ctypes.c_char_p(name), 0, 0, 0)
        tids.append(threading.get_native_id())
        ready.set()
        body()

    threading.Thread(target=run, daemon=True).start()
    ready.wait()
    task = f"/proc/self/task/{tids[0]}"
    wait_until(f"{task}/syscall", lambda line: line.startswith(b"%d " % call))
    capture(case, task)


def capture_running(case, and_stopped):
    def spin():
        while True:
            pass

    pid = child(spin)
    wait_until(f"/proc/{pid}/schedstat", lambda line: int(line.split()[0]) > 50_000_000)
    wait_until(f"/proc/{pid}/syscall", lambda line: line == b"running\n")
    capture(case, f"/proc/{pid}/task/{pid}")
    os.kill(pid, signal.SIGSTOP)
    wait_until(f"/proc/{pid}/stat", state_is(b"T"))
    capture(and_stopped, f"/proc/{pid}/task/{pid}")
    end(pid)


def capture_zombie(case):
    pid = child(lambda: None)
    wait_until(f"/proc/{pid}/stat", state_is(b"Z"))
    capture(case, f"/proc/{pid}/task/{pid}", ["cmdline"])
    os.waitpid(pid, 0)


def capture_zombie_leader(case):
    def body():
        threading.Thread(target=time.sleep, args=(600,)).start()
        libc.syscall(SYS_exit, 0)  # this thread only

    pid = child(body)
    wait_until(f"/proc/{pid}/stat", state_is(b"Z"))
    capture(case, f"/proc/{pid}", ["cmdline"])
    other = next(tid for tid in os.listdir(f"/proc/{pid}/task") if int(tid) != pid)
    capture(case + "-thread", f"/proc/{pid}/task/{other}")
    end(pid)


def capture_command_line(case):
    process = subprocess.Popen(
        ["sh", "-c", "sleep 600; :", "two words", "", "end"], stderr=subprocess.DEVNULL)
    wait_until(f"/proc/{process.pid}/stat", state_is(b"S"))
    save(case, "cmdline", read(f"/proc/{process.pid}/cmdline"))
    for sleeper in read(f"/proc/{process.pid}/task/{process.pid}/children").split():
        os.kill(int(sleeper), signal.SIGKILL)
    process.wait()


def capture_epoll_targets(case):
    """What an epoll instance waits for: level-triggered, edge-triggered, one that has fired."""
    waiting = select.epoll()
    ends = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
    for end, events in zip(ends, [
            select.EPOLLIN, select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET,
            select.EPOLLOUT | select.EPOLLONESHOT]):
        waiting.register(end, events)
    waiting.poll(0)
    save(case, "fdinfo", read(f"/proc/self/fdinfo/{waiting.fileno()}"))


def longest_kernel_name():
    """A kworker: its name goes on with its work, past the 15 bytes of other threads."""
    def name(pid):
        try:
            return read(f"/proc/{pid}/comm")
        except OSError:
            return b""
    return max((pid for pid in os.listdir("/proc") if pid.isdigit()),
               key=lambda pid: len(name(pid)) if name(pid).startswith(b"kworker/") else 0)


def main():
    lock = threading.Lock()
    lock.acquire()
    idle = select.epoll()
    capture_thread("futex", lock.acquire, call=202)
    capture_thread("epoll", idle.poll, call=232)
    capture_epoll_targets("epoll")
    capture_thread("nanosleep", lambda: time.sleep(600), call=230)
    for case, name in HOSTILE_NAMES.items():
        capture_thread(case, lambda: time.sleep(600), call=230, name=name)
    capture_running("running", and_stopped="stopped")
    capture_zombie("zombie")
    capture_zombie_leader("zombie-leader")
    capture_command_line("command-line")
    capture("kernel-thread", "/proc/2", ["cmdline", "cgroup"])
    capture("kernel-worker", f"/proc/{longest_kernel_name()}")
    for name in HOST_FILES:
        save("host", name, read(f"/proc/{name}"))
    save("host", "mounts", read("/proc/self/mountinfo"))
    with open(__file__, "ab") as file:
        save("epoll", "descriptor", read(f"/proc/self/fdinfo/{file.fileno()}"))
    for name in NETWORK_FILES:
        if os.path.exists(f"/proc/{name}"):
            save("network", os.path.basename(name), read(f"/proc/{name}"))


main()
