/// System calls at a known rate, to compare counters with.

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "workloads.h"

static int sink, empty;

static void call_getppid(void) { syscall(SYS_getppid); }

static void call_write(void) {
    if (write(sink, "", 1) != 1) fail("write");
}

/// Fails each time: the pipe is empty, and is not waited for.
static void call_poll_of_pipe(void) {
    char byte;
    if (read(empty, &byte, 1) != -1) fail("read");
}

/// Many kinds of calls, as of a program that does something.
static void call_mix(void) {
    syscall(SYS_getppid);
    syscall(SYS_getuid);
    syscall(SYS_gettid);
    call_write();
    if (lseek(sink, 0, SEEK_CUR) < 0) fail("lseek");
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
    expect_count(arguments, 2, "syscalls getppid|write|empty|mix RATE|max");
    const char *name = arguments->values[0];
    if (strcmp(name, "getppid") == 0)
        plan.call = call_getppid;
    else if (strcmp(name, "write") == 0)
        plan.call = call_write;
    else if (strcmp(name, "empty") == 0)
        plan.call = call_poll_of_pipe;
    else if (strcmp(name, "mix") == 0)
        plan.call = call_mix;
    else
        refuse("the system call is getppid, write, empty or mix, not '%s'", name);
    int ends[2];
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) fail("pipe2");
    empty = ends[0];
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
