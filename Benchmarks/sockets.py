#!/usr/bin/python3
"""Measure dxtop's table of sockets beside ss on the same sockets.

    sockets.py [--load SOCKETS:ROUNDS ...] [--seconds S] [--settle S]

Both look at a network namespace with so many TCP sockets: the dashboard in its view of sockets,
which refreshes every second, and `ss -anem`, run five times a round. What the same view costs in an
empty namespace is taken off. What is printed are medians, in CPU time (user and system).

Needs root, for the namespaces. Python's standard library only.
"""

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess

from peers import measure
from session import BUILT, Program, dxtop, machine

RUNS = 5


@contextlib.contextmanager
def namespace(sockets, seconds):
    """A network namespace with so many sockets; the command that enters it."""
    process = subprocess.Popen(
        [f"{BUILT}/workload", "sockets", str(sockets), "--netns", "--seconds", str(int(seconds))],
        stdout=subprocess.PIPE, text=True)
    try:
        if not process.stdout.readline():
            raise SystemExit("the workload did not start")
        yield ["nsenter", f"--net=/proc/{process.pid}/ns/net"]
    finally:
        process.kill()
        process.wait()


def refresh(enter, seconds, settle):
    """What the view costs a second, in ms."""
    command = enter + dxtop("--view", "sockets")
    return measure(Program("dxtop sockets", command), seconds, settle).cpu


def run_of_ss(enter):
    """What one run costs, in ms."""
    process = subprocess.Popen(enter + ["ss", "-anem"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"ss ended with {process.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def compare(sockets, rounds, seconds, settle):
    """Prints what one number of sockets costs."""
    longest = rounds * 2 * (seconds + settle + 8) + 120
    views, idles, runs = [], [], []
    with namespace(0, longest) as empty, namespace(sockets, longest) as full:
        for _ in range(rounds):
            idles.append(refresh(empty, seconds, settle))
            views.append(refresh(full, seconds, settle))
            runs += [run_of_ss(full) for _ in range(RUNS)]
    view, idle, run = map(statistics.median, (views, idles, runs))
    print(f"  {sockets:7}  {view - idle:16.1f}  {run:15.1f}  {(view - idle) / run:5.2f}"
          f"  {idle:21.1f}", flush=True)


def load(text):
    sockets, _, rounds = text.partition(":")
    return int(sockets), int(rounds or 1)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--load", type=load, nargs="+", default=[(1000, 3), (50000, 3)],
                         metavar="SOCKETS:ROUNDS", help="1000:3 50000:3 unless said")
    options.add_argument("--seconds", type=float, default=10, help="how long each is measured")
    options.add_argument("--settle", type=float, default=6, help="how long each settles before")
    arguments = options.parse_args()

    if os.geteuid() != 0:
        print("sockets: not measured, since namespaces need root")
        return
    for program in ("ss", "nsenter"):
        if not shutil.which(program):
            raise SystemExit(f"{program} is not there; make bench installs it")
    print(machine())
    print(f"\nTCP sockets, CPU ms (medians of rounds of {arguments.seconds:g} s;"
          " what an empty view costs is taken off)")
    print("  sockets  dxtop, a refresh  ss -anem, a run  ratio  empty view, a second")
    for sockets, rounds in arguments.load:
        compare(sockets, rounds, arguments.seconds, arguments.settle)


if __name__ == "__main__":
    main()
