#!/usr/bin/python3
"""How long dxtop takes from a key to its picture, beside htop on the same load.

    keys.py [--idle THREADS] [--active PERCENT] [--spinners N] [--keys N] [--interval SECONDS]
            [--size COLUMNSxROWS] [--only NAME ...] [--line BYTES] [--dxtop OPTION ...]

Each program runs under a terminal of its own and refreshes all the time, as fast as it may: htop
and top at 0.2 s, too. Keys are sent at random times. A key's time is from writing it to the last
byte of the answer: the output that begins after the key and ends with a pause.

With --line the terminal takes only so many bytes a second, as a serial line does (960 at 9600
baud), and the time is to the arrival of the mark of the selected row.

Python's standard library only.
"""

import argparse
import random
import statistics
import time

from session import Load, Program, Session, dxtop, machine, print_table

# After this long without a byte the answer is complete.
PAUSE = 0.004


def programs(interval, options):
    threads = dxtop("--view", "threads", *options, interval=interval)
    tenths = {"delay": max(1, int(interval * 10))}
    moves = [b"\x1b[B", b"\x1b[A"]
    pages = [b"\x1b[6~", b"\x1b[5~"]
    return [
        (Program("dxtop: arrows", threads), moves),
        (Program("dxtop: pages", threads), pages),
        (Program("dxtop: views", dxtop(*options, interval=interval)), [b"1", b"2", b"3", b"2"]),
        (Program("htop: arrows", ["htop"], {"hide_userland_threads": 0, **tenths}), moves),
        (Program("htop: pages", ["htop"], {"hide_userland_threads": 0, **tenths}), pages),
    ]


def answer(session, sent, since):
    """Seconds from `sent` to the last byte of what came after it; nil where nothing came."""
    if session.line:
        def marked(chunks):
            return next((when for when, data in chunks[since:] if b">" in data), None)
        return marked(session.chunks) - sent if session.wait(marked, 20) else None
    if not session.wait(lambda chunks: len(chunks) > since, 2):
        return None
    while True:
        count = len(session.chunks)
        if not session.wait(lambda chunks: len(chunks) > count, PAUSE):
            return session.chunks[count - 1][0] - sent


def measure(program, keys, count, columns, rows, settle, line):
    times, silent = [], 0
    generator = random.Random(1)
    with Session(program, columns, rows, line) as session:
        time.sleep(settle)
        for number in range(count):
            # Not in step with the refreshes.
            time.sleep(generator.uniform(0.01, 0.09) * (20 if line else 1))
            before = len(session.chunks)
            # Eight down, eight up: within the list and with something to show each time.
            key = keys[number // 8 % 2] if len(keys) == 2 else keys[number % len(keys)]
            took = answer(session, session.send(key), before)
            if took is None:
                silent += 1
            else:
                times.append(took * 1000)
    return sorted(times), silent


def percentile(times, share):
    return times[min(len(times) - 1, int(len(times) * share))]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--idle", type=int, default=10000, help="idle threads; 10000 unless said")
    options.add_argument("--active", type=int, default=10, metavar="PERCENT",
                         help="of them, those that run a little all the time; 10")
    options.add_argument("--spinners", type=int, default=1)
    options.add_argument("--keys", type=int, default=1000, help="how many each; 1000")
    options.add_argument("--interval", type=float, default=0.2)
    options.add_argument("--settle", type=float, default=3)
    options.add_argument("--size", default="120x40", metavar="COLUMNSxROWS")
    options.add_argument("--only", nargs="+", metavar="NAME")
    options.add_argument("--line", type=int, metavar="BYTES",
                         help="what the terminal takes a second")
    options.add_argument("--dxtop", nargs=argparse.REMAINDER, default=[], metavar="OPTION",
                         help="options for dxtop; the last of all")
    arguments = options.parse_args()
    columns, rows = map(int, arguments.size.split("x"))
    rows_of_table = [["", "keys", "median ms", "p99", "largest", "unanswered"]]
    with Load([arguments.idle, "--active", arguments.active, "--spinners", arguments.spinners]):
        for program, keys in programs(arguments.interval, arguments.dxtop):
            if arguments.only and program.name not in arguments.only:
                continue
            program.require()
            times, silent = measure(
                program, keys, arguments.keys, columns, rows, arguments.settle,
                arguments.line)
            if not times:
                raise SystemExit(f"{program.name} answered no key: the figures mean nothing")
            rows_of_table.append([
                program.name, str(len(times)), f"{statistics.median(times):.1f}",
                f"{percentile(times, 0.99):.1f}", f"{times[-1]:.1f}", str(silent)])
    print(machine())
    print(f"from key to picture: {arguments.idle} threads ({arguments.active} % of them active),"
          f" {arguments.spinners} that spin, a refresh every {arguments.interval:g} s,"
          f" {arguments.size}")
    print_table(rows_of_table)


if __name__ == "__main__":
    main()
