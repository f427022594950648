/// Many threads that do nothing, for what it costs to look at them.

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

void idle(struct arguments *arguments) {
    long spinners = option(arguments, "--spinners", 0, 1024, 0);
    long active_percent = option(arguments, "--active", 0, 100, 0);
    expect_count(arguments, 1, "idle N [--spinners K] [--active P]");
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
    // Zero where there is none.
    say("idle pid=%d threads=%ld active=%ld first=%d spinner=%d", getpid(), threads, active, first,
        spinner);
    run(arguments);
}
