#!/usr/bin/python3
"""Measure what counting a program's system calls does to it: dxtop beside strace -c and perf trace.

    syscalls.py [--rounds N]

The program makes the same calls with the same work between them each time, at three rates. It is
slowed where its thread takes longer: by its CPU time, which others on the box do not change much, and
by the clock, which has the stops of a tracer in it. What is printed are the best of some rounds, and
how many of the calls each tool found, in percent.

Python's standard library only.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILT = os.path.join(PACKAGE, ".build", "release")
# Steps of work between rounds of 2.1 calls, and rounds that make about a second.
RATES = [("no work", 0, 2_000_000), ("100k/s", 22_000, 48_000), ("10k/s", 220_000, 4_800)]
# Strace is not kept waiting for minutes.
MOST_TRACED = 40_000


def dxtop(tid, output):
    return [f"{BUILT}/dxtop", "syscalls", "--tid", tid, "--seconds", "600", "--json"]


def strace(tid, output):
    return ["strace", "-c", "-o", output, "-p", tid]


def perf(tid, output):
    return ["perf", "trace", "-s", "-o", output, "-t", tid]


TOOLS = {"nobody": None, "dxtop": dxtop, "strace -c": strace, "perf trace": perf}


def counted(tool, text):
    """How many getppid a tool counted."""
    if tool == "dxtop":
        calls = json.loads(text)["calls"]
        return next((call["count"] for call in calls if call["name"] == "getppid"), 0)
    column = 3 if tool == "strace -c" else 1
    for line in text.splitlines():
        if "getppid" in line:
            return int(line.split()[column])
    return 0


def measure(tool, rounds, work):
    """CPU time and time of a round, in us, and the share of calls that was found."""
    program = subprocess.Popen(
        [f"{BUILT}/workload", "calls", str(rounds), "--work", str(work)],
        stdout=subprocess.PIPE, text=True)
    watcher = None
    try:
        tid = re.search(r"caller=(\d+)", program.stdout.readline()).group(1)
        with tempfile.NamedTemporaryFile("r") as output:
            if TOOLS[tool]:
                watcher = subprocess.Popen(
                    TOOLS[tool](tid, output.name), stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, text=True)
                time.sleep(1)  # until it has begun; none of them says so
            program.send_signal(signal.SIGUSR1)
            line = program.stdout.readline()
            text = ""
            if watcher:
                time.sleep(0.3)
                watcher.send_signal(signal.SIGINT)
                text = watcher.communicate()[0] + output.read()
    finally:
        for process in filter(None, [watcher, program]):
            if process.poll() is None:
                process.kill()
            process.wait()
    cpu, clock = (int(re.search(rf" {name}=(\d+)", line).group(1)) for name in ("cpu_us", "us"))
    return cpu / rounds, clock / rounds, counted(tool, text) / rounds * 100


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each, the best counts")
    times = parser.parse_args().rounds
    tools = [name for name, command in TOOLS.items()
             if command is None or os.path.exists(command("0", "")[0])
             or shutil.which(command("0", "")[0])]
    print("system calls counted: a round of 2.1 calls, us of CPU and by the clock\n")
    for label, work, rounds in RATES:
        results = {tool: [] for tool in tools}
        for _ in range(times):  # in turns, so that what else the box does falls on all
            for tool in tools:
                count = rounds if tool in ("nobody", "dxtop") else min(rounds, MOST_TRACED)
                results[tool].append(measure(tool, count, work))
        cpu, clock = (min(result[i] for result in results["nobody"]) for i in (0, 1))
        for tool, found in results.items():
            best = [min(result[i] for result in found) for i in (0, 1)]
            share = "" if tool == "nobody" else f"   found {found[-1][2]:.2f} %"
            print(f"  {label:8} {tool:10} {best[0]:9.2f} x{best[0] / cpu:<7.3f}"
                  f" {best[1]:9.2f} x{best[1] / clock:<7.3f}{share}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
