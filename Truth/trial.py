"""One trial of a scenario: its load and dxtop side by side, and what dxtop says of the load."""

import ctypes
import json
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scenario import BUILT, LOADS, SEVERITIES, Scenario

PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Outcome:
    # Seconds until the finding stood as it has to.
    after: float | None = None
    # What was said of the load above information, other than what was expected: severity, id, claim.
    others: dict[tuple[str, str], str] = field(default_factory=dict)
    # Why nothing can be said: the load could not start, or has ended.
    failure: str | None = None

    def is_right(self, scenario: Scenario) -> bool:
        if self.failure:
            return False
        return not self.others if scenario.is_healthy else self.after is not None


def become_parent_of_orphans() -> None:
    """What a load starts stays below this process whatever becomes of its parents: so it is known."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(of: int) -> set[int]:
    """By the parents that /proc names."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path("/proc", entry, "stat").read_text()
            except OSError:
                continue
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    found: set[int] = set()
    left = [of]
    while left:
        for child in children.get(left.pop(), []):
            found.add(child)
            left.append(child)
    return found


class Place:
    """Where a scenario runs: a directory, and a network namespace if it wants one."""

    def __init__(self, scenario: Scenario) -> None:
        self.directory = tempfile.mkdtemp(prefix="dxtop-truth-")
        self.holders: list[subprocess.Popen] = []
        self.environment = {
            **os.environ, "PATH": f"{BUILT}:{os.environ['PATH']}", "LOADS": str(LOADS),
            "LC_ALL": "C.UTF-8"}
        self.enter: list[str] = []
        if scenario.netns:
            holder = subprocess.Popen(
                ["unshare", "--net", "sh", "-c", "ip link set lo up; echo; exec sleep 3600"],
                stdout=subprocess.PIPE)
            self.holders.append(holder)
            holder.stdout.readline()
            self.enter = ["nsenter", f"--net=/proc/{holder.pid}/ns/net"]

    def do(self, line: str) -> str | None:
        """Runs it to its end; what went wrong."""
        done = subprocess.run(
            [*self.enter, "sh", "-c", line], cwd=self.directory, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return None if done.returncode == 0 else f"{line}: {last_line(done.stdout)}"

    def start(self, line: str, output) -> subprocess.Popen:
        return subprocess.Popen(
            [*self.enter, "sh", "-c", line], cwd=self.directory, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True)

    def end_loads(self) -> None:
        """All that was started here, and what that started, orphans too."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            left = descendants(os.getpid()) - {holder.pid for holder in self.holders}
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            reap(left)
            if not left:
                return
            time.sleep(0.02)

    def leave(self) -> None:
        for holder in self.holders:
            holder.kill()
            holder.wait()
            holder.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def reap(children: set[int]) -> None:
    for pid in children:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no output"])[-1]


@contextmanager
def watch(place: Place, options: list[str], under: str = "") -> Iterator[subprocess.Popen]:
    """`dxtop watch findings`, a JSON object a line. It is ended before the load is."""
    command = " ".join(
        [under, f"{BUILT}/dxtop", "watch", "findings", "--interval", "1", "--json", *options])
    process = subprocess.Popen(
        [*place.enter, "sh", "-c", f"exec {command}"], env=place.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def readings(process: subprocess.Popen, seconds: float) -> Iterator[tuple[float, list[dict]]]:
    """The findings of each interval, and after how many seconds they came."""
    began = time.monotonic()
    rest = b""
    while (left := began + seconds - time.monotonic()) > 0:
        if not select.select([process.stdout], [], [], left)[0]:
            return
        data = os.read(process.stdout.fileno(), 1 << 16)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield time.monotonic() - began, json.loads(line)["findings"]


def subject_of(finding: dict) -> str:
    return json.dumps({"id": finding["id"], **finding["subject"]}, sort_keys=True)


def standing(place: Place) -> set[str]:
    """What dxtop says of the machine before a load begins."""
    with watch(place, ["--count", "2"]) as process:
        said = [finding for _, findings in readings(process, 10) for finding in findings]
    return {subject_of(finding) for finding in said}


def run_trial(scenario: Scenario) -> Outcome:
    outcome = Outcome()
    place = Place(scenario)
    try:
        for line in scenario.setup:
            if failure := place.do(line):
                outcome.failure = failure
                return outcome
        before = standing(place)
        with open(os.path.join(place.directory, "output"), "w+") as output:
            loads = [place.start(line, output) for line in scenario.load]
            with watch(place, scenario.options, scenario.under) as process:
                known = {process.pid, *(load.pid for load in loads)}
                follow(scenario, process, known, before, outcome)
            if outcome.after is None and all(load.poll() is not None for load in loads):
                output.seek(0)
                outcome.failure = f"the load has ended: {last_line(output.read())}"
    finally:
        place.end_loads()
        for line in scenario.teardown:
            place.do(line)
        place.leave()
    return outcome


def follow(
    scenario: Scenario, process: subprocess.Popen, known: set[int], before: set[str],
    outcome: Outcome
) -> None:
    """Until what is expected stands, or the time is over.

    `known` are the children of this process that others wait for.
    """
    load: set[int] = set()
    least = SEVERITIES.index(scenario.severity)
    for after, findings in readings(process, scenario.within):
        now = descendants(os.getpid()) - {process.pid}
        reap(now - known)
        load |= now
        for finding in findings:
            if subject_of(finding) in before or not concerns(finding, load):
                continue
            severity = SEVERITIES.index(finding["severity"])
            if finding["id"] == scenario.finding and severity >= least and has(finding, scenario.about):
                outcome.after = after
                return
            if severity >= SEVERITIES.index("warning") and finding["id"] != scenario.finding:
                outcome.others[finding["id"], finding["severity"]] = finding["claim"]


def concerns(finding: dict, load: set[int]) -> bool:
    """Whether it is about the load: by its subject, else by the processes that it names, if any."""
    subject = finding["subject"]
    if subject.get("pid") is not None:
        return subject["pid"] in load or is_kernel_thread(subject["pid"])
    if subject["kind"] == "cgroup":
        return any(subject["path"] in read_of(pid, "cgroup") for pid in load)
    pairs = [pair for line in texts(finding) for pair in re.findall(r"(\S+) (\d+)\b", line)]
    if any(int(pid) in load for _, pid in pairs):
        return True
    return not any(read_of(int(pid), "comm").strip() == name for name, pid in pairs)


def is_kernel_thread(pid: int) -> bool:
    """It works for whoever has work for it."""
    return re.search(r"^PPid:\t2$", read_of(pid, "status"), re.MULTILINE) is not None


def read_of(pid: int, file: str) -> str:
    try:
        return Path("/proc", str(pid), file).read_text()
    except OSError:
        return ""


def texts(finding: dict) -> list[str]:
    return [finding["claim"], *finding["evidence"], finding.get("so") or ""]


def has(finding: dict, text: str | None) -> bool:
    return text is None or any(text.lower() in line.lower() for line in texts(finding))
