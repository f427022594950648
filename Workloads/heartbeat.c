/// A program that notices when it is held up: what looks at it from outside and claims not to stop it
/// is tested against this.

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "network.h"
#include "workloads.h"

static volatile uint64_t turns, stops, longest, calls_ended_early;

/// How often the calling thread gave up its CPU by itself.
static long own_switches(void) {
    struct rusage use;
    getrusage(RUSAGE_THREAD, &use);
    return use.ru_nvcsw;
}

/// Reads the clock again and again, which needs no system call, so nothing makes it give up the CPU
/// but another's will: a stop, or a lock of the kernel's that somebody else holds. A preemption or a
/// hypervisor's other guest makes a pause, too, but leaves that counter as it is.
static void *beat(void *unused) {
    (void)unused;
    const uint64_t noticeable = 20000;
    long switches = own_switches();
    uint64_t before = monotonic_nanoseconds();
    for (;; turns++) {
        uint64_t now = monotonic_nanoseconds(), pause = now - before;
        before = now;
        if (pause < noticeable) continue;
        long switched = own_switches();
        if (switched != switches) {
            stops += (uint64_t)(switched - switches);
            if (pause > longest) longest = pause;
        }
        switches = switched;
        before = monotonic_nanoseconds();
    }
}

static void *sleep_in_epoll(void *unused) {
    (void)unused;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event;
    while (epoll_wait(epoll, &event, 1, -1) < 0 && errno == EINTR) calls_ended_early++;
    return NULL;
}

/// A timeout makes recv(2) one of those calls that the kernel does not begin again.
static void *sleep_in_receive(void *unused) {
    (void)unused;
    int pair[2];
    struct timeval day = {.tv_sec = 86400};
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0
        || setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &day, sizeof day) != 0)
        fail("socketpair");
    char byte;
    while (recv(pair[0], &byte, 1, 0) < 0 && errno == EINTR) calls_ended_early++;
    return NULL;
}

static void *sleep_on_clock(void *unused) {
    (void)unused;
    struct timespec day = {.tv_sec = 86400};
    while (nanosleep(&day, NULL) < 0 && errno == EINTR) calls_ended_early++;
    return NULL;
}

static void *sleep_in_futex(void *unused) {
    (void)unused;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    pthread_mutex_lock(&lock);
    for (;;) pthread_cond_wait(&never, &lock);
}

/// Says what was noticed whenever it is asked.
static void *answer(void *asked) {
    for (int signal; sigwait(asked, &signal) == 0;)
        say("heartbeat turns=%llu stops=%llu longest_us=%llu ended_early=%llu",
            (unsigned long long)turns, (unsigned long long)stops,
            (unsigned long long)longest / 1000, (unsigned long long)calls_ended_early);
    return NULL;
}

void heartbeat(struct arguments *arguments) {
    expect_count(arguments, 0, "heartbeat");
    static sigset_t asked;
    sigemptyset(&asked);
    sigaddset(&asked, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &asked, NULL);
    pid_t beating = start_thread("beat", beat, NULL);
    pid_t evented = start_thread("epoll", sleep_in_epoll, NULL);
    start_thread("receive", sleep_in_receive, NULL);
    start_thread("clock", sleep_on_clock, NULL);
    start_thread("futex", sleep_in_futex, NULL);
    start_thread("answer", answer, &asked);
    say("heartbeat pid=%d beat=%d epoll=%d", getpid(), beating, evented);
    run(arguments);
}
