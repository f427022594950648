/// Many threads that do nothing, for what it costs to look at them.

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "workloads.h"

/// 100 us of a CPU every half second. What it starts with spreads the threads over that time.
static void *now_and_then(void *start) {
    const uint64_t period = 500000000;
    rest(*(const uint64_t *)start % period);
    for (;;) {
        burn(100000);
        rest(period);
    }
}

/// Threads that end after a millisecond, one after the other.
static void *start_brief(void *rate) {
    static uint64_t length = 1000000;
    for (;;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, burn_once, &length) == 0) pthread_join(thread, NULL);
        rest(1000000000 / *(const uint64_t *)rate);
    }
}

void idle(struct arguments *arguments) {
    long spinners = option(arguments, "--spinners", 0, 1024, 0);
    long active_percent = option(arguments, "--active", 0, 100, 0);
    static uint64_t brief_rate;
    brief_rate = (uint64_t)option(arguments, "--brief", 0, 1000, 0);
    expect_count(arguments, 1, "idle N [--spinners K] [--active P] [--brief R]");
    long threads = number(arguments->values[0], 0, 100000, "N");
    long active = threads * active_percent / 100;

    static uint64_t starts[100000];
    char name[16];
    pid_t first = 0, spinner = 0;
    for (long i = 0; i < threads; i++) {
        starts[i] = (uint64_t)i * 7919000;
        snprintf(name, sizeof name, i < active ? "active-%ld" : "idle-%ld", i);
        pid_t tid = start_thread(name, i < active ? now_and_then : wait_forever, &starts[i]);
        if (i == 0) first = tid;
    }
    for (long i = 0; i < spinners; i++) {
        snprintf(name, sizeof name, "spinner-%ld", i);
        pid_t tid = start_thread(name, burn_forever, NULL);
        if (i == 0) spinner = tid;
    }
    if (brief_rate > 0) start_thread("starter", start_brief, &brief_rate);
    // Zero where there is none.
    say("idle pid=%d threads=%ld active=%ld first=%d spinner=%d", getpid(), threads, active, first,
        spinner);
    run(arguments);
}
