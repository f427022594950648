#!/usr/bin/python3
"""How long dxtop takes from exec to its first picture, beside htop and top on the same load.

    start.py [--idle THREADS] [--starts N] [--size COLUMNSxROWS]

Each start is under a terminal of its own, in turns. "First" is the first byte to the terminal,
"picture" when the first picture is there: of dxtop's the keys on the bottom line, of the others the
heads of their table. "figures" is when the table has come, which in dxtop is another picture. `true` is what it takes to start any program this way.

More threads than kernel.threads-max or kernel.pid_max allow have to be allowed first (sysctl).
Python's standard library only.
"""

import argparse
import statistics
import time

from session import Load, Program, Session, dxtop, machine, print_table

# What stands in the first picture, and what in the first one with figures.
PROGRAMS = [
    (Program("true", ["true"]), None, None),
    (Program("dxtop overview", dxtop()), b"help", b"COMMAND"),
    (Program("dxtop threads", dxtop("--view", "threads")), b"help", b"PROCESS"),
    (Program("htop threads", ["htop"], {"hide_userland_threads": 0}), b"Command", b"Command"),
    (Program("top -H", ["top", "-H"]), b"COMMAND", b"COMMAND"),
]
MOST_THREADS = 100000  # of one workload


def time_of(session, mark, chunks):
    """Milliseconds from exec to the chunk that completes the mark; None while it has not come."""
    text = b""
    for when, data in chunks:
        text += data
        if mark in text:
            return (when - session.started) * 1000
    return None


def measure(program, picture, figures, columns, rows):
    with Session(program, columns, rows) as session:
        if picture is None:
            session.reader.join(10)
            return [(time.monotonic() - session.started) * 1000] * 3
        session.wait(lambda chunks: time_of(session, figures, chunks) is not None, 60)
        chunks = session.chunks
        first = (chunks[0][0] - session.started) * 1000 if chunks else None
        return [first, time_of(session, picture, chunks), time_of(session, figures, chunks)]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--idle", type=int, default=5000, help="idle threads; 5000 unless said")
    options.add_argument("--starts", type=int, default=15, help="of each program; 15")
    options.add_argument("--size", default="120x40", metavar="COLUMNSxROWS")
    arguments = options.parse_args()
    columns, rows = map(int, arguments.size.split("x"))
    times = {program.name: [] for program, *_ in PROGRAMS}
    for program, *_ in PROGRAMS:
        program.require()
    with Load([min(arguments.idle, MOST_THREADS)]):
        for _ in range(arguments.starts):
            for program, picture, figures in PROGRAMS:
                took = measure(program, picture, figures, columns, rows)
                if None in took:
                    raise SystemExit(f"{program.name} drew no picture: the figures mean nothing")
                times[program.name].append(took)
    print(machine())
    print(f"from exec, ms: {arguments.idle} idle threads, median of {arguments.starts} starts,"
          f" {arguments.size}")
    table = [["", "first", "picture", "largest", "figures"]]
    for name, starts in times.items():
        first, picture, figures = (statistics.median(column) for column in zip(*starts))
        largest = max(start[1] for start in starts)
        table.append([name, f"{first:.1f}", f"{picture:.1f}", f"{largest:.1f}", f"{figures:.1f}"])
    print_table(table)


if __name__ == "__main__":
    main()
