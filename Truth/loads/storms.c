// storms KIND: system calls without a pause, one kind of them or two, as broken loops make them; and
// loops that look alike and are well.

#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void work(int steps) {
    for (volatile int i = 0; i < steps; i++) continue;
}

static void epoll(void) {
    struct epoll_event event;
    for (int set = epoll_create1(0);;) epoll_wait(set, &event, 1, 0);
}

static void getppids(void) {
    for (;;) getppid();
}

static void read_bytes(void) {
    char byte;
    for (int zero = open("/dev/zero", O_RDONLY);;)
        if (read(zero, &byte, 1) != 1) return;
}

static void receive(void) {
    char bytes[64];
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0) return;
    for (;;) recv(pair[0], bytes, sizeof bytes, MSG_DONTWAIT);
}

static void futexes(void) {
    static uint32_t word = 1;
    for (;;) syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

static void open_nothing(void) {
    for (;;) open("/nonexistent/settings.conf", O_RDONLY);
}

static void send_all(void) {
    int pair[2];
    char bytes[64] = {0};
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0) return;
    for (;;) {
        send(pair[0], bytes, sizeof bytes, MSG_DONTWAIT);
        recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT);
    }
}

static void yield(void) {
    for (;;) syscall(SYS_sched_yield);
}

static void clocks(void) {
    struct timespec now;
    for (;;) syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
}

// Looks for a file, and closes what it never opened.
static void stat_and_close(void) {
    struct stat status;
    for (;;) {
        stat("/nonexistent", &status);
        close(-1);
    }
}

static void spin(void) {
    for (;;) work(1000000);
}

// Well: a call now and then, and work between them.
static void call_and_work(void) {
    for (;;) {
        getppid();
        work(200000);
    }
}

// Well: as many calls as it can, and a rest of 1 ms a hundred times a second.
static void call_and_rest(void) {
    for (;;) {
        struct timespec begin, now, rest = {0, 1000000};
        clock_gettime(CLOCK_MONOTONIC, &begin);
        do {
            getppid();
            clock_gettime(CLOCK_MONOTONIC, &now);
        } while ((now.tv_sec - begin.tv_sec) * 1000000000L + now.tv_nsec - begin.tv_nsec < 9000000);
        nanosleep(&rest, NULL);
    }
}

// Well: copies a file through a small buffer, again and again, at its disk's leave.
static void copy(void) {
    char bytes[65536];
    for (;;) {
        int in = open("/proc/self/exe", O_RDONLY), out = open("copy", O_CREAT | O_WRONLY, 0600);
        for (ssize_t count; (count = read(in, bytes, sizeof bytes)) > 0;)
            if (write(out, bytes, (size_t)count) < 0) return;
        fsync(out);
        close(in);
        close(out);
    }
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(void);
    } kinds[] = {
        {"epoll", epoll}, {"getppid", getppids}, {"read", read_bytes}, {"recv", receive},
        {"futex", futexes}, {"open", open_nothing}, {"send", send_all}, {"yield", yield},
        {"clock", clocks}, {"spin", spin}, {"stat", stat_and_close}, {"call-and-work", call_and_work},
        {"call-and-rest", call_and_rest}, {"copy", copy},
    };
    for (size_t i = 0; argc > 1 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(argv[1], kinds[i].name) == 0) kinds[i].run();
    fprintf(stderr, "storms: no such kind\n");
    return 2;
}
