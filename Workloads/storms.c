/// Processes and threads that come and go faster than anyone can look at them.

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads.h"

static const uint64_t tick = 10000000;

/// A hundred batches a second, on time: a late batch is made up for by the next.
static void *fork_on_time(void *rate) {
    uint64_t begin = monotonic_nanoseconds(), made = 0;
    for (;;) {
        uint64_t now = monotonic_nanoseconds();
        uint64_t due = (uint64_t)((double)(now - begin) / 1e9 * (double)*(const long *)rate);
        for (; made < due; made++) {
            pid_t child = fork();
            if (child == 0) _exit(0);
            if (child > 0) waitpid(child, NULL, 0);
        }
        rest(tick);
    }
}

void forkstorm(struct arguments *arguments) {
    expect_count(arguments, 1, "forkstorm RATE");
    static long rate;
    rate = number(arguments->values[0], 1, 100000, "RATE");
    pid_t storm = start_thread("storm", fork_on_time, &rate);
    say("forkstorm pid=%d storm=%d rate=%ld", getpid(), storm, rate);
    run(arguments);
}

void zombies(struct arguments *arguments) {
    expect_count(arguments, 1, "zombies N");
    long count = number(arguments->values[0], 1, 10000, "N");
    for (long i = 0; i < count; i++) {
        pid_t child = fork();
        if (child < 0) fail("fork");
        if (child == 0) _exit(0);
    }
    say("zombies pid=%d count=%ld", getpid(), count);
    run(arguments);
}

/// Lives until the moment that its wave ends.
static void *live_until(void *moment) {
    uint64_t end = *(const uint64_t *)moment, now = monotonic_nanoseconds();
    if (now < end) rest(end - now);
    return NULL;
}

/// Waves of half a second each, half a second apart.
static void *make_waves(void *threads) {
    static uint64_t moment;
    for (;;) {
        moment = monotonic_nanoseconds() + 50 * tick;
        for (long i = 0; i < *(const long *)threads; i++) start_thread(NULL, live_until, &moment);
        uint64_t now = monotonic_nanoseconds();
        if (now < moment) rest(moment - now);
        rest(50 * tick);
    }
}

void threadstorm(struct arguments *arguments) {
    expect_count(arguments, 1, "threadstorm N");
    static long threads;
    threads = number(arguments->values[0], 1, 30000, "N");
    pid_t storm = start_thread("storm", make_waves, &threads);
    say("threadstorm pid=%d storm=%d threads=%ld", getpid(), storm, threads);
    run(arguments);
}

/// A CPU is busy all the time, and no thread lives long.
static void *work_in_turns(void *nanoseconds) {
    for (;;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, burn_once, nanoseconds) == 0)
            pthread_join(thread, NULL);
    }
}

void brief(struct arguments *arguments) {
    expect_count(arguments, 1, "brief MS");
    static uint64_t length;
    length = (uint64_t)number(arguments->values[0], 1, 10000, "MS") * 1000000;
    pid_t starter = start_thread("starter", work_in_turns, &length);
    say("brief pid=%d starter=%d", getpid(), starter);
    run(arguments);
}
