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
import os
import statistics
import subprocess
import time
from dataclasses import dataclass

from session import PACKAGE, Load, Program, Session, dxtop, machine, print_table

COLUMNS, ROWS = 120, 40

PROGRAMS = [
    Program("dxtop threads", dxtop("--view", "threads")),
    Program("dxtop threads, /proc", dxtop("--view", "threads", "--threads-from", "proc")),
    Program("dxtop threads, budget", dxtop("--view", "threads", budget=1)),
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


def cpu_nanoseconds(process):
    """CPU time of all threads of a process, those that ended included: its CPU-time clock, whose
    number clock_getcpuclockid(3) makes like this."""
    return time.clock_gettime_ns((~process << 3) | 2)


def proc_values(process, file):
    with open(f"/proc/{process}/{file}") as lines:
        return dict(line.split(":", 1) for line in lines)


def read_calls(process):
    return int(proc_values(process, "io")["syscr"])


def reading(session):
    return (time.monotonic(), cpu_nanoseconds(session.process), session.taken,
            read_calls(session.process))


def measure(program, seconds, settle):
    """What a program costs while it is watched; None where it is too slow to draw anything meanwhile."""
    with Session(program, COLUMNS, ROWS) as session:
        try:
            time.sleep(settle)
            before = reading(session)
            time.sleep(seconds)
            after = reading(session)
            status = proc_values(session.process, "status")
        except (OSError, KeyError) as error:
            raise SystemExit(f"{program.name} ended before it was measured: {error}")
    elapsed, cpu, written, reads = (b - a for a, b in zip(before, after))
    if written == 0:
        return None
    kibibytes = {key: int(value.split()[0]) for key, value in status.items()
                 if key in ("VmRSS", "RssAnon")}
    return Cost(cpu / 1e6 / elapsed, kibibytes["VmRSS"] / 1024, kibibytes["RssAnon"] / 1024,
                written / elapsed, reads / elapsed)


def median_cost(costs):
    """None where it was too slow in each turn."""
    costs = [cost for cost in costs if cost]
    if not costs:
        return None
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs)
                  for name in Cost.__dataclass_fields__))


HEADINGS = ["CPU ms/s", "htop = 1", "floor = 1", "anon MiB", "RSS MiB", "bytes/s", "reads/s"]


def rows(costs, floor):
    """The cells of a table, line by line."""
    reference = costs.get(REFERENCE)
    for name, cost in costs.items():
        if not cost:
            yield [name, "-", "-", "-", "-", "-", "-", "-"]
            continue
        yield [name, f"{cost.cpu:.1f}", f"{cost.cpu / reference.cpu:.2f}" if reference else "-",
               f"{cost.cpu / floor:.2f}" if floor else "-", f"{cost.anonymous:.1f}",
               f"{cost.resident:.1f}", f"{cost.written:,.0f}", f"{cost.reads:,.0f}"]


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
    costs = {program.name: [] for program in programs}
    with Load([threads, *KINDS[kind], "--seconds", int(longest)]) as load:
        floor = floor_of(load.processes[0].pid)
        for _ in range(rounds):
            for program in programs:
                costs[program.name].append(measure(program, seconds, settle))
    medians = {name: median_cost(of) for name, of in costs.items()}
    lines = list(rows(medians, floor))
    title = WORDS[kind].format(f"{threads:,}")
    if floor:
        title += f"; the floor, one read of each thread's stat in C: {floor:.1f} ms"
    print(f"\n{title}")
    print_table([["", *HEADINGS], *lines])
    silent = [name for name, cost in medians.items() if not cost]
    if silent:
        print(f"  {', '.join(silent)}: drew nothing in {seconds:g} s")
    if any(name.startswith("dxtop") for name in silent):
        raise SystemExit("dxtop drew nothing: the figures mean nothing")
    if markdown:
        print(f"\n{title}:\n", *markdown_table(lines), sep="\n", file=markdown, flush=True)


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
        program.require()
    print(f"{machine()}; {COLUMNS}x{ROWS}, refresh 1 s, medians of"
          f" {arguments.rounds} x {arguments.seconds:g} s")
    for threads in arguments.threads:
        for kind in arguments.kinds:
            compare(programs, threads, kind, arguments.rounds, arguments.seconds,
                    arguments.settle, arguments.markdown)


if __name__ == "__main__":
    main()
