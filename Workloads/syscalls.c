/// System calls at a known rate, to compare counters with.

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "workloads.h"

static int sink;

static void call_getppid(void) { syscall(SYS_getppid); }

static void call_write(void) {
    if (write(sink, "", 1) != 1) fail("write");
}

static struct {
    void (*call)(void);
    long rate;
} plan;

/// A hundred batches a second, each followed by one clock_nanosleep.
static void *call_on_time(void *unused) {
    (void)unused;
    uint64_t begin = monotonic_nanoseconds(), made = 0;
    for (;;) {
        uint64_t now = monotonic_nanoseconds();
        uint64_t due = (uint64_t)((double)(now - begin) / 1e9 * (double)plan.rate);
        for (; made < due; made++) plan.call();
        rest(10000000);
    }
}

static void *call_without_rest(void *unused) {
    (void)unused;
    for (;;) plan.call();
}

void syscalls(struct arguments *arguments) {
    expect_count(arguments, 2, "syscalls getppid|write RATE|max");
    const char *name = arguments->values[0];
    if (strcmp(name, "getppid") == 0)
        plan.call = call_getppid;
    else if (strcmp(name, "write") == 0)
        plan.call = call_write;
    else
        refuse("the system call is getppid or write, not '%s'", name);
    sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (sink < 0) fail("open /dev/null");

    const char *rate = arguments->values[1];
    thread_body body = call_without_rest;
    if (strcmp(rate, "max") != 0) {
        plan.rate = number(rate, 1, 10000000, "RATE");
        body = call_on_time;
    }
    pid_t caller = start_thread("caller", body, NULL);
    say("syscalls pid=%d caller=%d name=%s rate=%s", getpid(), caller, name, rate);
    run(arguments);
}
