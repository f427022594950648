#!/usr/bin/python3
"""What dxtop sends to the terminal, beside htop, btop and top on the same load.

    terminal.py [--idle THREADS] [--active PERCENT] [--rounds N] [--seconds S] [--size COLUMNSxROWS]
                [--only NAME ...] [--by-kind]

Each program runs under a terminal of its own, refreshes every second and is measured in turns. What
it sends also goes through a small terminal emulator (screen.py), which tells how many cells of the
picture look otherwise after a refresh than before, and how many figures (words with a digit) are
among them. Bytes per changed figure make screens comparable that show more or fewer of them. What is
printed are medians.

Python's standard library only.
"""

import argparse
import statistics
import time
from dataclasses import dataclass

from screen import Screen
from session import Load, Program, Session, dxtop, machine, print_table

PROGRAMS = [
    Program("dxtop threads", dxtop("--view", "threads")),
    Program("dxtop overview", dxtop()),
    Program("dxtop --slow", dxtop("--slow", "--view", "threads")),
    Program("htop threads", ["htop"], {"hide_userland_threads": 0}),
    Program("htop processes", ["htop"], {"hide_userland_threads": 1}),
    Program("btop", ["btop"]),
    Program("top -H", ["top", "-H", "-d", "1"]),
]
# What comes within this time belongs to one refresh.
PAUSE = 0.05


@dataclass
class Cost:
    bytes: float  # a second
    cells: float  # that look otherwise, a second
    figures: float  # the same of words with a digit
    largest: float  # bytes of the largest refresh
    text: float  # bytes a second, by kind
    style: float
    place: float

    @property
    def for_a_cell(self):
        return self.bytes / self.cells if self.cells else float("nan")

    @property
    def for_a_figure(self):
        return self.bytes / self.figures if self.figures else float("nan")


def bursts(chunks):
    """The bytes of each refresh."""
    burst, last = b"", None
    for when, data in chunks:
        if last is not None and when - last > PAUSE:
            yield burst
            burst = b""
        burst += data
        last = when
    if burst:
        yield burst


def measure(program, columns, rows, seconds, settle):
    with Session(program, columns, rows) as session:
        time.sleep(settle)
        before = len(session.chunks)
        time.sleep(seconds)
        chunks = list(session.chunks)
    screen = Screen(columns, rows)
    for _, data in chunks[:before]:
        screen.feed(data)
    if not screen.text().strip():
        raise SystemExit(f"{program.name} drew nothing: the figures mean nothing")
    screen.bytes.clear()
    screen.clears = 0
    cells = figures = largest = 0
    for burst in bursts(chunks[before:]):
        picture = screen.picture()
        screen.feed(burst)
        cells += screen.changed(picture)
        figures += screen.changed_figures(picture)
        largest = max(largest, len(burst))
    if screen.unknown:
        print(f"  {program.name}: not understood: {dict(screen.unknown)}")
    if screen.clears:
        print(f"  {program.name}: cleared the screen {screen.clears} times")
    kinds = screen.bytes
    return Cost(sum(kinds.values()) / seconds, cells / seconds, figures / seconds, largest, kinds["text"] / seconds,
                kinds["style"] / seconds, (kinds["move"] + kinds["erase"]) / seconds)


def table(costs, by_kind):
    heads = ["", "bytes/s", "figures/s", "bytes/figure", "cells/s", "bytes/cell", "largest"]
    rows = [heads + (["text", "style", "place"] if by_kind else [])]
    for name, rounds in costs.items():
        def median(key):
            return statistics.median(getattr(cost, key) for cost in rounds)
        row = [name, f"{median('bytes'):.0f}", f"{median('figures'):.0f}",
               f"{median('for_a_figure'):.1f}", f"{median('cells'):.0f}",
               f"{median('for_a_cell'):.2f}", f"{median('largest'):.0f}"]
        if by_kind:
            row += [f"{median(kind):.0f}" for kind in ("text", "style", "place")]
        rows.append(row)
    print_table(rows)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--idle", type=int, default=5000, help="idle threads; 5000 unless said")
    options.add_argument("--active", type=int, default=0, metavar="PERCENT",
                         help="of them, those that run a little all the time")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=10, help="how long each is measured")
    options.add_argument("--settle", type=float, default=4, help="how long each settles before")
    options.add_argument("--size", default="120x40", metavar="COLUMNSxROWS")
    options.add_argument("--only", nargs="+", metavar="NAME",
                         help="of: " + ", ".join(program.name for program in PROGRAMS))
    options.add_argument("--by-kind", action="store_true",
                         help="also bytes a second by what they are for")
    arguments = options.parse_args()
    columns, rows = map(int, arguments.size.split("x"))
    programs = [program for program in PROGRAMS
                if not arguments.only or program.name in arguments.only]
    for program in programs:
        program.require()
    costs = {program.name: [] for program in programs}
    with Load([arguments.idle, "--active", arguments.active, "--spinners", 1]):
        for _ in range(arguments.rounds):
            for program in programs:
                costs[program.name].append(
                    measure(program, columns, rows, arguments.seconds, arguments.settle))
    print(machine())
    print(f"to the terminal: {arguments.idle} idle threads ({arguments.active} % of them active) and one that"
          f" spins (median of {arguments.rounds} x {arguments.seconds:g} s, {arguments.size},"
          " refresh 1 s)")
    table(costs, arguments.by_kind)


if __name__ == "__main__":
    main()
