/// Programs that take what they do not give back, other than memory.

#include <fcntl.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

#include "workloads.h"

static const uint64_t second = 1000000000;

/// So many at once, then so many a second until no more can be had.
struct leak {
    long at_once, rate;
    pid_t (*take)(void);
};

static pid_t open_file(void) {
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return file < 0 ? -1 : file;
}

static pid_t begin_thread(void) {
    return start_thread("leaked", wait_forever, NULL);
}

static void *take(void *pointer) {
    const struct leak *leak = pointer;
    while (leak->rate > 0) {
        rest(second / (uint64_t)leak->rate);
        if (leak->take() < 0) break;
    }
    return wait_forever(NULL);
}

_Noreturn static void leak(struct arguments *arguments, const char *name, struct leak how) {
    static struct leak leak;
    leak = how;
    for (long i = 0; i < leak.at_once; i++)
        if (leak.take() < 0) fail(name);
    start_thread("taker", take, &leak);
    say("%s pid=%d count=%ld rate=%ld", name, getpid(), leak.at_once, leak.rate);
    run(arguments);
}

void fdleak(struct arguments *arguments) {
    long at_once = option(arguments, "--at-once", 0, 1000000, 0);
    long rate = option(arguments, "--rate", 0, 100000, 10);
    long limit = option(arguments, "--limit", 16, 1000000, 1024);
    expect_count(arguments, 0, "fdleak [--at-once N] [--rate N] [--limit N]");
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) fail("getrlimit");
    files.rlim_cur = (rlim_t)limit;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) fail("setrlimit");
    leak(arguments, "fdleak",
        (struct leak){.at_once = at_once, .rate = rate, .take = open_file});
}

void threadleak(struct arguments *arguments) {
    long at_once = option(arguments, "--at-once", 0, 10000, 0);
    long rate = option(arguments, "--rate", 0, 1000, 10);
    expect_count(arguments, 0, "threadleak [--at-once N] [--rate N]");
    leak(arguments, "threadleak",
        (struct leak){.at_once = at_once, .rate = rate, .take = begin_thread});
}
