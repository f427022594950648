#!/usr/bin/python3
"""Measure dxtop beside htop, top, btop, atop and pidstat on the same loads.

    peers.py [--threads N ...] [--kinds KIND ...] [--rounds R] [--seconds S] [--settle S]
             [--only NAME ...] [--markdown FILE]

Each program runs under a terminal of its own (120x40, refresh every second) that takes all it
writes and answers nothing. Every load is one process with N threads, of which none, one, a tenth or
all do something: an active one uses 100 us of a CPU every half second. The programs take turns:
every round measures each of them once. What is printed are medians of the rounds.

Beside them stands the floor: a loop in C that opens, reads and closes `task/TID/stat` of every
thread once. dxtop runs without its budget, or it would hold itself back where the load is heavy;
what it does within the budget is a row of its own.

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


def dxtop(*arguments, budget="100"):
    return [f"{BUILT}/dxtop", "--interval", "1", "--budget", budget, *arguments]


PROGRAMS = [
    Program("dxtop threads", dxtop("--view", "threads")),
    Program("dxtop threads, /proc", dxtop("--view", "threads", "--threads-from", "proc")),
    Program("dxtop threads, budget", dxtop("--view", "threads", budget="1")),
    Program("dxtop overview", dxtop()),
    Program("htop threads", ["htop"], {"hide_userland_threads": 0}),
    Program("htop processes", ["htop"], {"hide_userland_threads": 1}),
    Program("top -H", ["top", "-H", "-d", "1"]),
    Program("btop", ["btop"]),
    Program("atop -y", ["atop", "-y", "1"]),
    Program("pidstat -t", ["pidstat", "-t", "1"]),
]
# What the ratios compare with.
REFERENCE = "htop threads"

# What the threads of a load do, as arguments of the workload.
KINDS = {
    "idle": [],
    "spinner": ["--spinners", "1"],
    "tenth": ["--active", "10"],
    "all": ["--active", "100"],
}
WORDS = {
    "idle": "{} threads, all idle",
    "spinner": "{} idle threads and one that spins",
    "tenth": "{} threads, a tenth of them active",
    "all": "{} threads, all active",
}


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
    os.mkdir(os.path.join(home, "btop"))
    with open(os.path.join(home, "btop", "btop.conf"), "w") as file:
        file.write("update_ms = 1000\n")
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


def reading(process, terminal):
    return (time.monotonic(), cpu_nanoseconds(process), terminal.taken, read_calls(process))


def measure(program, seconds, settle):
    """What a program costs while it is watched."""
    with tempfile.TemporaryDirectory(prefix="dxtop-bench-") as home:
        process, terminal = start(program, home)
        try:
            time.sleep(settle)
            before = reading(process, terminal)
            time.sleep(seconds)
            after = reading(process, terminal)
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


HEADINGS = ["CPU ms/s", "htop = 1", "floor = 1", "anon MiB", "RSS MiB", "bytes/s", "reads/s"]


def rows(costs, floor):
    """The cells of a table, line by line."""
    reference = costs.get(REFERENCE)
    for name, cost in costs.items():
        yield [name, f"{cost.cpu:.1f}", f"{cost.cpu / reference.cpu:.2f}" if reference else "-",
               f"{cost.cpu / floor:.2f}" if floor else "-", f"{cost.anonymous:.1f}",
               f"{cost.resident:.1f}", f"{cost.written:,.0f}", f"{cost.reads:,.0f}"]


def text_table(lines):
    lines = [["", *HEADINGS], *lines]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        yield "  " + "  ".join(cells).rstrip()


def markdown_table(lines):
    yield "| | " + " | ".join(HEADINGS) + " |"
    yield "|---|" + "---:|" * len(HEADINGS)
    for line in lines:
        yield "| " + " | ".join(line) + " |"


def floor_of(process):
    """What the loop in C takes for all threads of a process once, in ms; None if it is not built."""
    reader = os.path.join(PACKAGE, "Benchmarks", ".build", "release", "ReadingCost")
    if not os.path.exists(reader):
        return None
    output = subprocess.run([reader, "floor", str(process)], check=True, capture_output=True,
                            text=True).stdout
    return float(output)


def compare(programs, threads, kind, rounds, seconds, settle, markdown):
    """Prints the table of one load."""
    longest = rounds * len(programs) * (seconds + settle + 8) + 60
    load = subprocess.Popen(
        [f"{BUILT}/workload", "idle", str(threads), *KINDS[kind], "--seconds",
         str(int(longest))], stdout=subprocess.PIPE, text=True)
    costs = {program.name: [] for program in programs}
    try:
        if not load.stdout.readline():
            raise SystemExit("the workload did not start")
        floor = floor_of(load.pid)
        for _ in range(rounds):
            for program in programs:
                costs[program.name].append(measure(program, seconds, settle))
    finally:
        load.kill()
        load.wait()
    lines = list(rows({name: median_cost(of) for name, of in costs.items()}, floor))
    title = WORDS[kind].format(f"{threads:,}")
    if floor:
        title += f"; the floor, one read of each thread's stat in C: {floor:.1f} ms"
    print(f"\n{title}", *text_table(lines), sep="\n", flush=True)
    if markdown:
        print(f"\n{title}:\n", *markdown_table(lines), sep="\n", file=markdown, flush=True)


def machine():
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":", 1)[1].strip() for line in lines
                      if line.startswith("model name")), platform.machine())
    return f"Linux {platform.release()}, {os.cpu_count()} x {model}"


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--threads", type=int, nargs="+", default=[200, 5000, 20000],
                         help="200 5000 20000 unless said")
    options.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS),
                         help="what the threads do; all of: " + ", ".join(KINDS))
    options.add_argument("--rounds", type=int, default=3, help="turns of each program (3)")
    options.add_argument("--seconds", type=float, default=4, help="how long each is measured (4)")
    options.add_argument("--settle", type=float, default=2,
                         help="how long each settles before (2)")
    options.add_argument("--only", nargs="+", metavar="NAME",
                         help="of: " + ", ".join(program.name for program in PROGRAMS))
    options.add_argument("--markdown", type=argparse.FileType("w"), metavar="FILE",
                         help="write the tables for the README, too")
    arguments = options.parse_args()

    programs = [program for program in PROGRAMS
                if not arguments.only or program.name in arguments.only]
    for program in programs:
        if not shutil.which(program.command[0]):
            raise SystemExit(f"{program.command[0]} is not there; make bench installs or builds it")
    print(f"{machine()}; {COLUMNS}x{ROWS}, refresh 1 s, medians of"
          f" {arguments.rounds} x {arguments.seconds:g} s")
    for threads in arguments.threads:
        for kind in arguments.kinds:
            compare(programs, threads, kind, arguments.rounds, arguments.seconds,
                    arguments.settle, arguments.markdown)


if __name__ == "__main__":
    main()
