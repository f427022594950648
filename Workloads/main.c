/// Programs whose behaviour is known, for the demo, the tests and the benchmarks.

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "workloads.h"

static const struct {
    const char *name, *usage, *what;
    void (*start)(struct arguments *);
} workloads[] = {
    {"spin", "spin", "a thread `poll` spins in pthread_cond_timedwait beside normal threads", spin},
    {"idle", "idle N [--spinners K] [--active P] ...",
     "N idle threads, K that spin, P percent that run now and then;\n"
     "                                       --brief R a second work for a millisecond and end", idle},
    {"forkstorm", "forkstorm RATE", "RATE processes a second that exit at once", forkstorm},
    {"zombies", "zombies N", "N children that have ended and are never waited for", zombies},
    {"threadstorm", "threadstorm N", "N threads appear and vanish together, again and again",
     threadstorm},
    {"brief", "brief MS", "threads that work for MS milliseconds each, one after the other", brief},
    {"names", "names [--sockets]",
     "threads, or UNIX sockets, too, with names that hurt parsers and terminals", names},
    {"syscalls", "syscalls CALL RATE|max",
     "a thread makes RATE system calls a second; CALL is getppid, write, empty (a read\n"
     "                                       that fails), or mix (RATE rounds of five calls)",
     syscalls},
    {"calls", "calls ROUNDS [--work STEPS] ...",
     "at each SIGUSR1 so many rounds of getppid, write and, one in ten, a close that\n"
     "                                       fails; --threads N more do the same", calls},
    {"starve", "starve [N]", "N busy threads, twice the CPUs unless said", starve},
    {"convoy", "convoy [N]", "N threads (6) want one lock, held during a system call that sleeps",
     convoy},
    {"pool", "pool N [--rate R]", "N threads wait for work; R pieces of it come a second (0)", pool},
    {"serial", "serial N [--own-words] [--free]",
     "N threads compute one at a time, by a lock or --own-words to wait on, or --free", serial},
    {"deadlock", "deadlock N [--held] [--later] [--rwlock] [--processes] [--patience S]",
     "N threads wait in a circle, or for a lock whose holder sleeps; --later: at SIGUSR1", deadlock},
    {"inversion", "inversion [--alone]",
     "`high` waits for a lock that `low` holds and gets no CPU to give back", inversion},
    {"spinlock", "spinlock N [--asleep]",
     "N threads spin for one lock, which one may hold asleep", spinlocks},
    {"shared", "shared N", "N processes want one lock in shared memory", shared},
    {"realtime", "realtime [--share PERCENT]", "a thread of SCHED_FIFO takes a CPU, or a part",
     realtime},
    {"stall", "stall", "a thread that nothing can interrupt, in state D", stall},
    {"switcher", "switcher", "two threads hand a byte to and fro through pipes", switcher},
    {"grow", "grow [--rate KIB] [--cap MIB] ...",
     "buffers (--buffers 4, 1 GiB each) take KIB a second together; at MIB each they stop,\n"
     "                                       or give back --drop PERCENT and go on. GROW_CAP caps, too",
     grow},
    {"mappings", "mappings N [--touch MIB]", "N mappings of a page, and one of MIB that is touched",
     mappings},
    {"fdleak", "fdleak [--rate N] [--at-once N]",
     "N files more a second that are never closed, up to --limit (1024)", fdleak},
    {"threadleak", "threadleak [--rate N]", "N threads more a second that never end; --at-once N",
     threadleak},
    {"udp", "udp --reader KIND [--port P] ...",
     "reads UDP; KIND is healthy, slow, stalled (by edge-triggered epoll), pauses or small\n"
     "                                       (a buffer for bursts). --rate N a second, --buffer BYTES",
     udp},
    {"udpsend", "udpsend --ports P,P,... [--rate N]",
     "N datagrams a second to each port, of --size BYTES, --burst N at once", udpsend},
    {"sockets", "sockets N [--kind tcp|udp|unix]",
     "N open sockets; with --netns in a network namespace of their own", sockets},
    {"closewait", "closewait N [--rate R]",
     "N connections, R more a second, that the peer has closed and nobody here does", closewait},
    {"listener", "listener [--backlog B] [--clients N]",
     "N clients for a backlog of B from which nobody accepts", listener},
    {"tcpstall", "tcpstall [--slow]",
     "a thread writes to a TCP connection that nobody reads, or that is read slowly", tcpstall},
    {"tcploss", "tcploss [--percent P]", "a TCP connection of which P % of the segments are lost",
     tcploss},
    {"synflood", "synflood [--rate N] [--backlog B]",
     "SYNs from 10.0.0.x that never answer; needs ip route add 10.0.0.0/8 dev lo", synflood},
    {"ports", "ports [--percent P]", "P % of the ephemeral ports go to one listener", ports},
    {"damaged", "damaged [--rate N]", "N UDP datagrams a second with a wrong checksum", damaged},
    {"frames", "frames INTERFACE [--rate N]", "N frames a second of a protocol nobody knows",
     frames},
    {"reuseport", "reuseport N [--flows F] [--rate R]",
     "R datagrams a second from F ports for N processes that share a port", reuseport},
    {"udphog", "udphog [--mib M] [--rate N]",
     "a UDP socket with a buffer of M MiB fills up and nobody reads it", udphog},
    {"waits", "waits N", "N workers wait for jobs, and other threads for known things", waits},
    {"headless", "headless", "the first thread has ended, others go on", headless},
    {"unmoved", "unmoved", "a thread waits and no signal wakes it (state D)", unmoved},
    {"wakeups", "wakeups [--herd]",
     "a thread sleeps for 50 us again and again, or 8 wait for the same bytes", wakeups},
    {"signals", "signals [--rate N]", "a timer interrupts a thread that waits, N times a second (20000)",
     signals},
    {"heartbeat", "heartbeat", "notices when it is held up; tells on SIGUSR1", heartbeat},
};
static const size_t count = sizeof workloads / sizeof *workloads;

static void usage(FILE *stream) {
    fputs("usage: workload NAME ... [--seconds N]\n\n", stream);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "  %-36s %s\n", workloads[i].usage, workloads[i].what);
    fputs("\nEach ends after N seconds (300), on SIGTERM, SIGINT or SIGHUP, and with its parent.\n",
          stream);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        usage(stdout);
        return 0;
    }
    if (argc < 2) {
        usage(stderr);
        return 2;
    }
    // Before the first thread, so that all inherit it: `run` takes these signals.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);

    struct arguments arguments = {.count = argc - 2, .values = argv + 2};
    arguments.seconds = option(&arguments, "--seconds", 1, 86400, 300);
    for (size_t i = 0; i < count; i++)
        if (strcmp(argv[1], workloads[i].name) == 0) workloads[i].start(&arguments);
    refuse("no workload '%s'; workload --help lists them", argv[1]);
}
