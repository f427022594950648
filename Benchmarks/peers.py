#!/usr/bin/python3
"""Measure dxtop beside htop and top on the same load.

    peers.py [--load THREADS:ROUNDS ...] [--seconds S] [--settle S] [--only NAME ...]

Each program runs under a terminal of its own (120x40, refresh every second) that takes all it
writes and answers nothing. The programs take turns: every round measures each of them once, on a
box where one process has THREADS idle threads and one that spins. What is printed are medians.

Python's standard library only. No file of the user is read or written by the programs: their home
and their settings lie in a temporary directory.
"""

import argparse
import fcntl
import os
import platform
import pty
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from dataclasses import dataclass, field

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILT = os.path.join(PACKAGE, ".build", "release")
COLUMNS, ROWS = 120, 40


@dataclass(frozen=True)
class Program:
    name: str
    command: list
    htop_settings: dict = field(default_factory=dict)


PROGRAMS = [
    Program("dxtop threads", [f"{BUILT}/dxtop", "--interval", "1", "--view", "threads"]),
    Program("dxtop overview", [f"{BUILT}/dxtop", "--interval", "1"]),
    Program("dxtop memory", [f"{BUILT}/dxtop", "--interval", "1", "--view", "memory"]),
    Program("htop threads", ["htop"], {"hide_userland_threads": 0}),
    Program("htop processes", ["htop"], {"hide_userland_threads": 1}),
    Program("top -H", ["top", "-H", "-d", "1"]),
]
# What the ratios compare with, each for its own kind of screen.
REFERENCE = "dxtop threads"


@dataclass
class Cost:
    """What a program used while it was watched."""

    cpu: float  # ms of CPU a second, all its threads
    resident: float  # MiB
    anonymous: float  # MiB
    written: float  # bytes a second to the terminal
    reads: float  # read calls a second


class Terminal:
    """The far side of a pseudo-terminal: takes everything, answers nothing."""

    def __init__(self, master):
        self.master = master
        self.taken = 0
        self.thread = threading.Thread(target=self._drain, daemon=True)
        self.thread.start()

    def _drain(self):
        while True:
            try:
                data = os.read(self.master, 1 << 16)
            except OSError:  # EIO: the program has closed its side
                return
            if not data:
                return
            self.taken += len(data)


def start(program, home):
    """Starts a program on a new pseudo-terminal; its number and the terminal."""
    settings = {"delay": 10, **program.htop_settings}
    htoprc = os.path.join(home, "htoprc")
    with open(htoprc, "w") as file:
        file.writelines(f"{key}={value}\n" for key, value in settings.items())
    environment = {
        "PATH": os.environ["PATH"], "HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home,
        "HTOPRC": htoprc, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8",
    }
    process, master = pty.fork()
    if process == 0:
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        try:
            os.execvpe(program.command[0], program.command, environment)
        except OSError as error:
            print(error, file=sys.stderr)
        os._exit(127)
    return process, Terminal(master)


def stop(process, terminal):
    for number in (signal.SIGTERM, signal.SIGKILL):
        os.kill(process, number)
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            if os.waitpid(process, os.WNOHANG)[0]:
                terminal.thread.join(timeout=3)
                os.close(terminal.master)
                return
            time.sleep(0.02)


def cpu_nanoseconds(process):
    """CPU time of all threads of a process, those that ended included: its CPU-time clock, whose
    number clock_getcpuclockid(3) makes like this."""
    return time.clock_gettime_ns((~process << 3) | 2)


def proc_values(process, file):
    with open(f"/proc/{process}/{file}") as lines:
        return dict(line.split(":", 1) for line in lines)


def read_calls(process):
    return int(proc_values(process, "io")["syscr"])


def measure(program, seconds, settle):
    with tempfile.TemporaryDirectory(prefix="dxtop-bench-") as home:
        process, terminal = start(program, home)
        try:
            time.sleep(settle)
            before = (time.monotonic(), cpu_nanoseconds(process), terminal.taken,
                      read_calls(process))
            time.sleep(seconds)
            after = (time.monotonic(), cpu_nanoseconds(process), terminal.taken,
                     read_calls(process))
            status = proc_values(process, "status")
        except (OSError, KeyError) as error:
            raise SystemExit(f"{program.name} ended before it was measured: {error}")
        finally:
            stop(process, terminal)
    elapsed, cpu, written, reads = (b - a for a, b in zip(before, after))
    if written == 0:
        raise SystemExit(f"{program.name} drew nothing in {seconds} s: the figures mean nothing")
    kibibytes = {key: int(value.split()[0]) for key, value in status.items()
                 if key in ("VmRSS", "RssAnon")}
    return Cost(cpu / 1e6 / elapsed, kibibytes["VmRSS"] / 1024, kibibytes["RssAnon"] / 1024,
                written / elapsed, reads / elapsed)


def median_cost(costs):
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs)
                  for name in Cost.__dataclass_fields__))


def table(costs):
    rows = [["", "CPU ms/s", "ratio", "RSS MiB", "anon MiB", "bytes/s", "reads/s"]]
    reference = costs.get(REFERENCE)
    for name, cost in costs.items():
        ratio = f"{cost.cpu / reference.cpu:.1f}" if reference else "-"
        rows.append([name, f"{cost.cpu:.1f}", ratio, f"{cost.resident:.1f}",
                     f"{cost.anonymous:.1f}", f"{cost.written:.0f}", f"{cost.reads:.0f}"])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  " + "  ".join(cells).rstrip())


def compare(programs, threads, rounds, seconds, settle):
    """Prints the table of one load."""
    longest = rounds * len(programs) * (seconds + settle + 8) + 30
    load = subprocess.Popen(
        [f"{BUILT}/workload", "idle", str(threads), "--spinners", "1",
         "--seconds", str(int(longest))], stdout=subprocess.PIPE, text=True)
    costs = {program.name: [] for program in programs}
    try:
        if not load.stdout.readline():
            raise SystemExit("the workload did not start")
        for _ in range(rounds):
            for program in programs:
                costs[program.name].append(measure(program, seconds, settle))
    finally:
        load.kill()
        load.wait()
    print(f"\n{threads} idle threads and one that spins"
          f" (median of {rounds} x {seconds:g} s, {COLUMNS}x{ROWS}, refresh 1 s;"
          f" ratio: CPU to that of {REFERENCE})", flush=True)
    table({name: median_cost(rounds_of) for name, rounds_of in costs.items()})
    sys.stdout.flush()


def machine():
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":", 1)[1].strip() for line in lines
                      if line.startswith("model name")), platform.machine())
    return f"Linux {platform.release()}, {os.cpu_count()} x {model}"


def load(text):
    threads, _, rounds = text.partition(":")
    return int(threads), int(rounds or 1)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--load", type=load, nargs="+", default=[(200, 1), (5000, 3)],
                         metavar="THREADS:ROUNDS", help="200:1 5000:3 unless said")
    options.add_argument("--seconds", type=float, default=10, help="how long each is measured")
    options.add_argument("--settle", type=float, default=3, help="how long each settles before")
    options.add_argument("--only", nargs="+", metavar="NAME",
                         help="of: " + ", ".join(program.name for program in PROGRAMS))
    arguments = options.parse_args()

    programs = [program for program in PROGRAMS
                if not arguments.only or program.name in arguments.only]
    for program in programs:
        if not shutil.which(program.command[0]):
            raise SystemExit(f"{program.command[0]} is not there; make bench installs or builds it")
    print(machine())
    for threads, rounds in arguments.load:
        compare(programs, threads, rounds, arguments.seconds, arguments.settle)


if __name__ == "__main__":
    main()
