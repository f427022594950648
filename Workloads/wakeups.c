/// Threads that wake up thousands of times a second: by a clock, by each other, by signals.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "workloads.h"

static const uint64_t moment = 50000;

static void *look_again(void *unused) {
    (void)unused;
    for (;;) rest(moment);
}

static int pipe_ends[2];

/// All are woken for each byte, and one of them gets it.
static void *want_bytes(void *unused) {
    (void)unused;
    struct pollfd wish = {.fd = pipe_ends[0], .events = POLLIN};
    for (;;) {
        char byte;
        if (poll(&wish, 1, -1) < 0) fail("poll");
        if (read(pipe_ends[0], &byte, 1) < 0 && errno != EAGAIN) fail("read");
    }
}

static void *give_bytes(void *unused) {
    (void)unused;
    for (;;) {
        rest(2 * moment);
        if (write(pipe_ends[1], "", 1) < 0 && errno != EAGAIN) fail("write");
    }
}

void wakeups(struct arguments *arguments) {
    bool herd = flag(arguments, "--herd");
    expect_count(arguments, 0, "wakeups [--herd]");
    if (!herd) {
        pid_t sleeper = start_thread("sleeper", look_again, NULL);
        say("wakeups pid=%d sleeper=%d", getpid(), sleeper);
        run(arguments);
    }
    if (pipe2(pipe_ends, O_NONBLOCK) != 0) fail("pipe2");
    char name[16];
    for (int i = 0; i < 8; i++) {
        snprintf(name, sizeof name, "herd-%d", i);
        start_thread(name, want_bytes, NULL);
    }
    pid_t giver = start_thread("giver", give_bytes, NULL);
    say("wakeups pid=%d giver=%d", getpid(), giver);
    run(arguments);
}

static void handle(int signal) { (void)signal; }

/// Waits, and is interrupted by a timer of its own.
static void *be_interrupted(void *rate) {
    struct sigaction action = {.sa_handler = handle};
    sigaction(SIGRTMIN, &action, NULL);
    // To this thread alone: a signal to the process may go to the one that waits for the end.
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
    event._sigev_un._tid = gettid();
    timer_t timer;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) fail("timer_create");
    long period = 1000000000 / *(const long *)rate;
    struct itimerspec every = {
        .it_interval = {.tv_nsec = period}, .it_value = {.tv_nsec = period}};
    if (timer_settime(timer, 0, &every, NULL) != 0) fail("timer_settime");
    for (;;) pause();
}

void signals(struct arguments *arguments) {
    static long rate;
    rate = option(arguments, "--rate", 1, 1000000, 20000);
    expect_count(arguments, 0, "signals [--rate N]");
    pid_t waiter = start_thread("waiter", be_interrupted, &rate);
    say("signals pid=%d waiter=%d rate=%ld", getpid(), waiter, rate);
    run(arguments);
}
