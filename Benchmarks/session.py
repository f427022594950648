"""A program under a terminal of its own, whose output is kept with the times at which it came.

What the benchmarks of whole programs have in common. Python's standard library only. No file of
the user is read or written by the programs: their home lies in a temporary directory.
"""

import fcntl
import os
import platform
import pty
import shutil
import signal
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


@dataclass(frozen=True)
class Program:
    name: str
    command: list
    htop_settings: dict = field(default_factory=dict)
    # Lines of btop's settings.
    btop_settings: dict = field(default_factory=dict)

    def require(self):
        if not shutil.which(self.command[0]):
            raise SystemExit(f"{self.command[0]} is not there; make bench installs or builds it")


def dxtop(*arguments, interval=1, budget=100):
    """Its command. Without its budget, unless said: it would hold itself back under heavy loads."""
    return [f"{BUILT}/dxtop", "--interval", str(interval), "--budget", str(budget), *arguments]


class Session:
    """A program on a new pseudo-terminal. Use it in a `with` statement.

    With `line` the terminal takes only so many bytes a second, as a serial line does.
    """

    def __init__(self, program, columns, rows, line=None):
        self.line = line
        self.home = tempfile.TemporaryDirectory(prefix="dxtop-bench-")
        self.chunks = []  # (time, bytes)
        self.arrived = threading.Condition()
        environment = self._environment(program)
        self.started = time.monotonic()
        self.process, self.master = pty.fork()
        if self.process == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            try:
                os.execvpe(program.command[0], program.command, environment)
            except OSError as error:
                print(error, file=sys.stderr)
            os._exit(127)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _environment(self, program):
        home = self.home.name
        htoprc = os.path.join(home, "htoprc")
        settings = {"delay": 10, **program.htop_settings}
        with open(htoprc, "w") as file:
            file.writelines(f"{key}={value}\n" for key, value in settings.items())
        os.makedirs(os.path.join(home, "btop"))
        settings = {"update_ms": 1000, **program.btop_settings}
        with open(os.path.join(home, "btop", "btop.conf"), "w") as file:
            file.writelines(f"{key} = {value}\n" for key, value in settings.items())
        return {
            "PATH": os.environ["PATH"], "HOME": home, "XDG_CONFIG_HOME": home,
            "XDG_STATE_HOME": home, "HTOPRC": htoprc, "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
        }

    def _read(self):
        while True:
            try:
                data = os.read(self.master, max(1, self.line // 100) if self.line else 1 << 16)
            except OSError:  # EIO: the program has closed its side
                data = b""
            with self.arrived:
                if data:
                    self.chunks.append((time.monotonic(), data))
                self.arrived.notify_all()
            if not data:
                return
            if self.line:
                time.sleep(len(data) / self.line)

    def send(self, keys):
        """Types; returns when."""
        now = time.monotonic()
        os.write(self.master, keys)
        return now

    @property
    def taken(self):
        """Bytes so far."""
        return sum(len(data) for _, data in list(self.chunks))

    def wait(self, condition, seconds):
        """Until `condition(chunks)` holds; whether it did in time."""
        with self.arrived:
            return self.arrived.wait_for(lambda: condition(self.chunks), seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for number in (signal.SIGTERM, signal.SIGKILL):
            os.kill(self.process, number)
            deadline = time.monotonic() + 3
            while time.monotonic() < deadline:
                if os.waitpid(self.process, os.WNOHANG)[0]:
                    self.reader.join(timeout=3)
                    os.close(self.master)
                    self.home.cleanup()
                    return
                time.sleep(0.02)


class Load:
    """Processes of `workload idle`, there once they say so, gone at the end of `with`.

    A list of its arguments for each process.
    """

    def __init__(self, *processes):
        self.processes = []
        try:
            for arguments in processes:
                self.processes.append(subprocess.Popen(
                    [f"{BUILT}/workload", "idle", *map(str, arguments)], stdout=subprocess.PIPE,
                    text=True))
            for process in self.processes:
                if not process.stdout.readline():
                    raise SystemExit("the workload did not start")
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()


def machine():
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":", 1)[1].strip() for line in lines
                      if line.startswith("model name")), platform.machine())
    return f"Linux {platform.release()}, {os.cpu_count()} x {model}"


def print_table(rows):
    """The first row has the heads, the first column the names."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  " + "  ".join(cells).rstrip())
    sys.stdout.flush()
