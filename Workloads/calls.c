/// Known numbers of several system calls, some of which fail, to compare counters with.

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "workloads.h"

static struct {
    long rounds, work, threads;
    int sink;
} plan;

static long thread_microseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/// The same work each time, however long it takes: about a nanosecond a step.
static void compute(long steps) {
    volatile long sum = 0;
    for (long i = 0; i < steps; i++) sum += i;
}

/// Each round: getppid, a write, and one close in ten rounds, which fails.
static void make_rounds(void) {
    for (long i = 0; i < plan.rounds; i++) {
        syscall(SYS_getppid);
        if (write(plan.sink, "", 1) != 1) fail("write");
        if (i % 10 == 0) close(-1);
        compute(plan.work);
    }
}

static void *worker(void *unused) {
    (void)unused;
    make_rounds();
    return NULL;
}

/// Rounds at each SIGUSR1, so that whoever counts can begin before.
static void *caller(void *unused) {
    (void)unused;
    sigset_t begin;
    sigemptyset(&begin);
    sigaddset(&begin, SIGUSR1);
    for (int number;;) {
        sigwait(&begin, &number);
        for (long i = 0; i < plan.threads; i++) start_thread("worker", worker, NULL);
        uint64_t start = monotonic_nanoseconds();
        long used = thread_microseconds();
        make_rounds();
        used = thread_microseconds() - used;
        uint64_t time = monotonic_nanoseconds() - start;
        say("done cpu_us=%ld us=%ld", used, (long)(time / 1000));
    }
}

void calls(struct arguments *arguments) {
    plan.work = option(arguments, "--work", 0, 1000000000, 0);
    plan.threads = option(arguments, "--threads", 0, 1000, 0);
    expect_count(arguments, 1, "calls ROUNDS [--work STEPS] [--threads N]");
    plan.rounds = number(arguments->values[0], 1, 1000000000, "ROUNDS");
    plan.sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (plan.sink < 0) fail("open /dev/null");
    sigset_t begin;
    sigemptyset(&begin);
    sigaddset(&begin, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &begin, NULL);
    pid_t tid = start_thread("caller", caller, NULL);
    say("calls pid=%d caller=%d rounds=%ld", getpid(), tid, plan.rounds);
    run(arguments);
}
