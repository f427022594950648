#!/usr/bin/env python3
"""Makes /proc trees of kernels and places that this machine is not.

make-trees.py DIRECTORY [NAME...] writes DIRECTORY/NAME/proc, and beside it NAME/sys/fs/cgroup where
the place has control groups. Without names it writes all but `crowd`, which is large.

What is in them was captured from a real kernel (../../ProcFormatsTests/Fixtures): an older kernel's
tree is the captured one without what that kernel does not have yet, by proc(5) and the history of
fs/proc, mm/vmstat.c, net/ipv4/proc.c and net/core/net-procfs.c. Figures that tests know by heart
are set here. Deterministic.
"""
import os
import sys
from dataclasses import dataclass

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../ProcFormatsTests/Fixtures")
CAPTURED = os.path.join(FIXTURES, "6.18.44")
RHEL7 = os.path.join(FIXTURES, "3.10-el7")

# The first kernel that has a line of a file, or a file; what is not named here they all have.
STATUS_SINCE = {
    "Ngid": (3, 13), "NStgid": (4, 1), "NSpid": (4, 1), "NSpgid": (4, 1), "NSsid": (4, 1),
    "CapAmb": (4, 3), "HugetlbPages": (4, 4), "RssAnon": (4, 5), "RssFile": (4, 5),
    "RssShmem": (4, 5), "Umask": (4, 7), "NoNewPrivs": (4, 10), "CoreDumping": (4, 15),
    "Speculation_Store_Bypass": (4, 17), "THP_enabled": (5, 0), "Seccomp_filters": (5, 9),
    "SpeculationIndirectBranch": (5, 16), "untag_mask": (6, 4), "Kthread": (6, 8),
}
MEMINFO_SINCE = {
    "MemAvailable": (3, 14), "ShmemHugePages": (4, 8), "ShmemPmdMapped": (4, 8),
    "KReclaimable": (4, 20), "Percpu": (4, 18), "FileHugePages": (5, 4), "FilePmdMapped": (5, 4),
    "Zswap": (5, 19), "Zswapped": (5, 19), "SecPageTables": (6, 1), "Hugetlb": (4, 19),
}
VMSTAT_SINCE = {
    "oom_kill": (4, 13), "workingset_refault_anon": (5, 9), "workingset_refault_file": (5, 9),
}
COLUMNS_SINCE = {"IgnoredMulti": (3, 19), "MemErrors": (5, 11)}
PRESSURE_SINCE = (4, 20)
ROLLUP_SINCE = (4, 14)
FULL_CPU_PRESSURE_SINCE = (5, 13)


@dataclass
class Place:
    """A kernel, and where it is looked at from."""
    release: str
    groups: str = "v2"  # "v1", "v2", "hybrid" or ""
    backports: tuple = ()
    pressure: bool = True
    cpus: tuple = (0, 1)
    lacks: tuple = ()  # files that are not there
    only: tuple = ()  # processes that are to be seen; all where empty
    interrupts: int = 64
    is_gvisor: bool = False

    @property
    def version(self):
        return tuple(int(part) for part in self.release.split("-")[0].split(".")[:2])

    def has(self, name, since):
        return name in self.backports or since <= self.version


RSS_PARTS = ("RssAnon", "RssFile", "RssShmem")
OLD_COUNTERS = ("snmp6",)
PLACES = {
    "3.10": Place("3.10.108", groups="v1"),
    "3.10-el7": Place("3.10.0-1160.el7.x86_64", groups="v1",
                      backports=RSS_PARTS + ("MemAvailable", "Ngid", "CapAmb", "NoNewPrivs")),
    # Built with pressure, but off unless booted with psi=1.
    "4.18-el8": Place("4.18.0-240.el8.x86_64", groups="v1", pressure=False),
    "5.4": Place("5.4.0-186-generic", groups="hybrid"),
    "5.15": Place("5.15.0-130-generic"),
    "6.1": Place("6.1.0-28-amd64"),
    "6.18": Place("6.18.44"),
    "hidepid": Place("6.1.0-28-amd64", only=(2300,)),
    "gvisor": Place("4.4.0", groups="", pressure=False, is_gvisor=True, cpus=(0, 1)),
    "32-cpus": Place("5.15.0-130-generic", cpus=tuple(range(32))),
    # Every eighth is offline: their numbers are missing.
    "512-cpus": Place("6.1.0-28-amd64", cpus=tuple(n for n in range(512) if n % 8 != 7),
                      interrupts=9000),
}


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Tree:
    def __init__(self, directory, place):
        self.place = place
        self.proc = os.path.join(directory, "proc")
        self.groups = os.path.join(directory, "sys/fs/cgroup")

    def write(self, path, content):
        if path in self.place.lacks:
            return
        path = os.path.join(self.proc, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    # The machine

    def host(self):
        place = self.place
        self.write("version", f"Linux version {place.release} (builder@example) #1 SMP\n")
        self.write("sys/kernel/hostname", "example\n")
        self.write("sys/kernel/osrelease", place.release + "\n")
        self.write("sys/kernel/pid_max", "4194304\n")
        self.write("uptime", "2011.14 3497.28\n")
        self.write("loadavg", "0.38 0.72 0.45 2/308 16832\n")
        self.write("swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n")
        self.write("stat", self.stat())
        self.write("meminfo", self.lines("host/meminfo", MEMINFO_SINCE, ":"))
        vmstat = self.lines("host/vmstat", VMSTAT_SINCE, " ")
        if place.version < (4, 10):
            # Not one for each zone yet.
            vmstat = "".join(line for line in vmstat.splitlines(True) if "allocstall" not in line)
            vmstat += "allocstall 17\n"
        self.write("vmstat", vmstat)
        # Flushes since 5.5, discards since 4.18.
        columns = 20 if place.version >= (5, 5) else 18 if place.version >= (4, 18) else 14
        disks = read(f"{CAPTURED}/host/diskstats").decode().splitlines()
        self.write("diskstats", "".join(
            f"{line[:12]} " + " ".join(line[13:].split()[:columns - 2]) + "\n" for line in disks))
        if place.pressure and place.version >= PRESSURE_SINCE:
            for name in ("cpu", "io", "memory"):
                text = read(f"{CAPTURED}/host/pressure-{name}").decode()
                if name == "cpu" and place.version < FULL_CPU_PRESSURE_SINCE:
                    text = text.splitlines(True)[0]
                self.write(f"pressure/{name}", text)

    def stat(self):
        each = "1000 10 500 8000 30 0 4 1 0 0"
        total = " ".join(str(int(n) * len(self.place.cpus)) for n in each.split())
        cpus = "".join(f"cpu{number} {each}\n" for number in self.place.cpus)
        interrupts = " 1234567" * self.place.interrupts
        return (f"cpu  {total}\n{cpus}intr 640859{interrupts}\nctxt 1393155\nbtime 1795421415\n"
                "processes 49287\nprocs_running 3\nprocs_blocked 1\n"
                "softirq 244557 2 44335 11 22334 5566 0 77 66221 0 106011\n")

    def lines(self, source, since, separator):
        kept = [line for line in read(f"{CAPTURED}/{source}").decode().splitlines(True)
                if self.place.has(line.split(separator)[0],
                                  since.get(line.split(separator)[0], (0,)))]
        return "".join(kept)

    # The network

    def network(self):
        for name in ("dev", "sockstat", "snmp6"):
            self.write(f"net/{name}", read(f"{CAPTURED}/network/{name}"))
        for name in ("snmp", "netstat"):
            self.write(f"net/{name}", self.columns(read(f"{CAPTURED}/network/{name}").decode()))
        self.write("net/softnet_stat", self.softnet())
        for name in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "unix", "packet"):
            self.write(f"net/{name}", read(f"{CAPTURED}/sockets/{name}"))
        self.write("sys/net/core/rmem_max", "212992\n")
        self.write("sys/net/ipv4/udp_mem", read(f"{CAPTURED}/network/udp_mem"))

    def columns(self, text):
        lines = [line.split(" ") for line in text.splitlines()]
        result = []
        for names, numbers in zip(lines[::2], lines[1::2]):
            kept = [place for place, name in enumerate(names)
                    if self.place.has(name, COLUMNS_SINCE.get(name, (0,)))]
            result += [" ".join(row[place] for place in kept) for row in (names, numbers)]
        return "\n".join(result) + "\n"

    def softnet(self):
        version = self.place.version
        count = 10 if version < (3, 11) else 11 if version < (5, 10) else 13 if version < (6, 4) else 15
        rows = []
        for place, cpu in enumerate(self.place.cpus):
            columns = [1000 + place, 7 if place == 1 else 0, 3] + [0] * (count - 3)
            if count >= 13:
                columns[12] = cpu
            rows.append(" ".join(f"{value:08x}" for value in columns))
        return "\n".join(rows) + "\n"

    # Processes

    def process(self, pid, threads, user=0, parent=1, group="/", pages=3718):
        """Threads are pairs of a number and the captured case that it is like."""
        if self.place.only and pid not in self.place.only:
            return
        first = threads[0][1]
        self.task(f"{pid}", pid, threads[0], len(threads), user, parent, pages)
        for thread in threads:
            self.task(f"{pid}/task/{thread[0]}", pid, thread, len(threads), user, parent, pages)
        has_memory = not first.startswith(("kernel", "zombie"))
        self.write(f"{pid}/cmdline", b"/usr/bin/python3\0run.py\0" if has_memory else b"")
        self.write(f"{pid}/cgroup", self.membership(group))
        self.write(f"{pid}/limits", read(f"{CAPTURED}/memory/limits"))
        self.write(f"{pid}/mountinfo", self.mounts())
        self.write(f"{pid}/maps", read(f"{CAPTURED}/memory/maps") if has_memory else b"")
        self.write(f"{pid}/smaps", read(f"{RHEL7}/memory/smaps") if has_memory else b"")
        if has_memory and self.place.version >= ROLLUP_SINCE:
            self.write(f"{pid}/smaps_rollup", read(f"{CAPTURED}/memory/smaps_rollup"))

    def task(self, folder, pid, thread, count, user, parent, pages):
        number, case = thread
        captured = f"{CAPTURED}/{case}"
        head, _, rest = read(f"{captured}/stat").rpartition(b") ")
        fields = rest.decode().split()  # from field 3 on
        fields[1], fields[17] = str(parent), str(count)
        if fields[21] != "0":
            fields[21] = str(pages)
        if self.place.version < (4, 4) and fields[32] == "1":
            # Where in the kernel it waits: an address, until it was made a flag.
            fields[32] = "18446744071579951346"
        name = head.partition(b"(")[2]
        self.write(f"{folder}/stat", b"%d (%s) %s\n" % (number, name, " ".join(fields).encode()))
        self.write(f"{folder}/status", self.status(captured, pid, number, count, user, parent, pages))
        # Pages of files are 6872 kB, as in `status`.
        resident = pages if fields[21] != "0" else 0
        self.write(f"{folder}/statm", f"{resident * 2} {resident} {1718 if resident else 0} 1 0 "
                   f"{resident} 0\n")
        for file in ("comm", "schedstat", "wchan", "syscall", "stack", "io"):
            self.write(f"{folder}/{file}", read(f"{captured}/{file}"))

    def status(self, captured, pid, number, count, user, parent, pages):
        changed = {"Tgid": pid, "Pid": number, "PPid": parent, "Threads": count,
                   "Uid": "\t".join([str(user)] * 4),
                   "VmRSS": f"{pages * 4:8} kB", "VmHWM": f"{pages * 4:8} kB",
                   "RssAnon": f"{pages * 4 - 6872:8} kB", "RssFile": "    6872 kB"}
        result = []
        for line in read(f"{captured}/status").splitlines():
            key = line.partition(b":")[0].decode()
            if not self.place.has(key, STATUS_SINCE.get(key, (0,))):
                continue
            result.append(f"{key}:\t{changed[key]}".encode() if key in changed else line)
        return b"\n".join(result) + b"\n"

    # Control groups

    def membership(self, path):
        old = f"4:memory:{path}\n3:cpu,cpuacct:{path}\n2:pids:{path}\n1:name=systemd:{path}\n"
        return {"v1": old, "hybrid": old + f"0::{path}\n", "v2": f"0::{path}\n", "": ""}[
            self.place.groups]

    def mounts(self):
        old = "".join(
            f"3{place} 31 0:3{place} / /sys/fs/cgroup/{name} rw,relatime - cgroup cgroup rw,{name}\n"
            for place, name in enumerate(("memory", "cpu,cpuacct", "pids"), 2))
        new = "41 31 0:41 / /sys/fs/cgroup{} rw,relatime - cgroup2 cgroup2 rw\n"
        hidden = ",hidepid=invisible" if self.place.only else ""
        return (f"22 27 0:21 / /proc rw,relatime - proc proc rw{hidden}\n"
                "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
                + {"v1": old, "hybrid": old + new.format("/unified"), "v2": new.format(""),
                   "": ""}[self.place.groups])

    def hierarchies(self):
        """Of one service: memory 20 of 64 MiB, two CPUs, 500 tasks at most."""
        groups = self.place.groups
        if groups in ("v1", "hybrid"):
            for controller, files in {
                "memory": {"memory.usage_in_bytes": 20 << 20, "memory.limit_in_bytes": 64 << 20,
                           "memory.stat": read(f"{CAPTURED}/group-v1/memory.stat").decode(),
                           "memory.failcnt": 12,
                           "memory.oom_control": self.old_oom_control()},
                "cpu,cpuacct": {"cpu.cfs_quota_us": 200000, "cpu.cfs_period_us": 100000,
                                "cpu.stat": "nr_periods 120\nnr_throttled 41\nthrottled_time 31000"},
                "pids": {"pids.max": 500, "pids.current": 3},
            }.items():
                self.group(f"{controller}/app.slice", files)
        if groups == "v2":
            files = {name: read(f"{CAPTURED}/group-v2/{name}").decode().rstrip("\n")
                     for name in ("cpu.stat", "cpu.max", "memory.events", "memory.stat")}
            self.group("app.slice", files | {
                "memory.current": 20 << 20, "memory.max": 64 << 20, "memory.high": "max",
                "memory.swap.current": 0, "memory.swap.max": "max", "pids.max": 500,
                "pids.current": 3})

    def old_oom_control(self):
        counter = "\noom_kill 0" if self.place.has("oom_kill", (4, 13)) else ""
        return "oom_kill_disable 0\nunder_oom 0" + counter

    def group(self, path, files):
        folder = os.path.join(self.groups, path)
        os.makedirs(folder, exist_ok=True)
        for name, content in files.items():
            with open(os.path.join(folder, name), "w") as file:
                file.write(f"{content}\n")


def write_tree(directory, place):
    tree = Tree(directory, place)
    tree.host()
    tree.network()
    tree.hierarchies()
    tree.process(1, [(1, "nanosleep")], parent=0)
    tree.process(2, [(2, "kernel-thread")], parent=0)
    tree.process(2214, [(2214, "epoll"), (2215, "running"), (2216, "futex")], user=995,
                 group="/app.slice", pages=25600)
    tree.process(2300, [(2300, "name-escape")], user=1000)
    tree.process(2400, [(2400, "zombie")], user=1000, parent=2300)


def write_gvisor(directory, place):
    """As pkg/sentry/fsimpl/proc of gVisor makes it: much is missing, and much is zero."""
    tree = Tree(directory, place)
    write = tree.write
    zeros = " 0" * 10
    write("version", "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n")
    write("sys/kernel/hostname", "sandbox\n")
    write("uptime", "61.20 0.00\n")
    write("loadavg", "0.00 0.00 0.00 0/0 0\n")
    write("stat", f"cpu {zeros}\ncpu0{zeros}\ncpu1{zeros}\nintr 0{' 0' * 256}\nctxt 0\n"
                  "btime 1700000000\nprocesses 0\nprocs_running 0\nprocs_blocked 0\n"
                  f"softirq 0{zeros}\n")
    write("meminfo", "MemTotal:        2097152 kB\nMemFree:         2000000 kB\n"
                     "MemAvailable:    2000000 kB\nBuffers:               0 kB\n"
                     "Cached:            20000 kB\nSwapCache:             0 kB\n"
                     "SwapTotal:             0 kB\nSwapFree:              0 kB\n")
    for name in ("tcp", "tcp6", "udp", "udp6", "unix"):
        write(f"net/{name}", read(f"{CAPTURED}/sockets/{name}"))
    write("net/packet", "sk       RefCnt Type Proto  Iface R Rmem   User   Inode\n")
    write("net/dev", read(f"{CAPTURED}/network/dev"))
    # Names without the line of numbers that Linux has under them.
    write("net/netstat", read(f"{CAPTURED}/network/netstat").splitlines(True)[0])
    for pid, name in ((1, "sh"), (7, "server")):
        stat = (f"{pid} ({name}) S {0 if pid == 1 else 1} 1 1 0 0 0 0 0 0 0 12 5 0 0 20 0 1 0 100 "
                f"170000000 2560 18446744073709551615{' 0' * 12} 17{' 0' * 14}\n")
        status = (f"Name:\t{name}\nState:\tS (sleeping)\nTgid:\t{pid}\nPid:\t{pid}\n"
                  f"PPid:\t{0 if pid == 1 else 1}\nTracerPid:\t0\nUid:\t0\t0\t0\t0\n"
                  "Gid:\t0\t0\t0\t0\nFDSize:\t4\nVmSize:\t166015 kB\nVmRSS:\t10240 kB\n"
                  "VmData:\t20000 kB\nThreads:\t1\nCapInh:\t0000000000000000\n"
                  "CapPrm:\t00000000a80425fb\nSeccomp:\t0\nMems_allowed:\t1\n"
                  "Mems_allowed_list:\t0\n")
        for folder in (f"{pid}", f"{pid}/task/{pid}"):
            write(f"{folder}/stat", stat)
            write(f"{folder}/status", status)
            write(f"{folder}/statm", "41504 2560 0 0 0 0 0\n")
            write(f"{folder}/comm", name + "\n")
            write(f"{folder}/io", "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\n"
                                  "write_bytes: 0\ncancelled_write_bytes: 0\n")
        write(f"{pid}/cmdline", f"/bin/{name}\0".encode())
        # With no hierarchies mounted it is empty.
        write(f"{pid}/cgroup", "")
        write(f"{pid}/mountinfo", "1 0 0:1 / / rw - 9p none rw\n2 1 0:2 / /proc rw - proc none rw\n")


def write_crowd(directory, count=100_000):
    """Many processes of one thread each, with no more files than it takes: tasks share theirs."""
    tree = Tree(directory, Place("6.1.0-28-amd64"))
    tree.host()
    tree.network()
    status = tree.status(f"{CAPTURED}/nanosleep", 0, 0, 1, 1000, 1, 3718)
    rest = read(f"{CAPTURED}/nanosleep/stat").rpartition(b") ")[2]
    tree.write("shared/status", status)
    tree.write("shared/cmdline", b"/usr/bin/worker\0")
    tree.write("shared/schedstat", "75023 118996 4\n")
    os.chdir(tree.proc)
    for pid in range(1, count + 1):
        task = f"{pid}/task/{pid}"
        os.mkdir(f"{pid}")
        os.mkdir(f"{pid}/task")
        os.mkdir(task)
        file = os.open(f"{pid}/stat", os.O_WRONLY | os.O_CREAT, 0o644)
        os.write(file, b"%d (worker) %s" % (pid, rest))
        os.close(file)
        os.link(f"{pid}/stat", f"{task}/stat")
        os.link("shared/status", f"{pid}/status")
        os.link("shared/cmdline", f"{pid}/cmdline")
        os.link("shared/schedstat", f"{task}/schedstat")


def main():
    directory, *names = sys.argv[1:]
    for name in names or PLACES:
        target = os.path.join(directory, name)
        if name == "crowd":
            write_crowd(target)
        elif name == "gvisor":
            write_gvisor(target, PLACES[name])
        else:
            write_tree(target, PLACES[name])


if __name__ == "__main__":
    main()
