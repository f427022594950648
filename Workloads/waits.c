/// Threads that wait for known things, in known functions.

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "network.h"
#include "workloads.h"

// A pool whose workers wait for jobs that never come.

static pthread_mutex_t jobs_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t jobs_come = PTHREAD_COND_INITIALIZER;
static volatile long jobs;

__attribute__((noinline)) static void take_job(void) {
    pthread_mutex_lock(&jobs_lock);
    while (jobs == 0) pthread_cond_wait(&jobs_come, &jobs_lock);
    jobs--;
    pthread_mutex_unlock(&jobs_lock);
}

static void *worker_loop(void *unused) {
    (void)unused;
    for (;;) take_job();
}

// A lock that its holder never gives back.

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static void *hold(void *unused) {
    pthread_mutex_lock(&held);
    return wait_forever(unused);
}

static void *queue_up(void *unused) {
    (void)unused;
    pthread_mutex_lock(&held);
    return NULL;
}

// Callers without frame pointers, whatever the compiler is told: each uses that register for its
// own, and only the unwind tables tell where the stack of its caller is.

void chain_pause(void);
void chain_pause(void) { wait_forever(NULL); }

#ifdef __x86_64__
void chain_outer(void);
#define LINK(name, next, room)                                                              \
    __asm__(".text\n.globl " #name "\n.type " #name ", @function\n" #name ":\n"             \
            ".cfi_startproc\npush %rbp\n.cfi_adjust_cfa_offset 8\n.cfi_rel_offset rbp, 0\n" \
            "sub $" #room ", %rsp\n.cfi_adjust_cfa_offset " #room "\nmov $1, %ebp\n"        \
            "call " #next "\nadd $" #room ", %rsp\n.cfi_adjust_cfa_offset -" #room "\n"     \
            "pop %rbp\n.cfi_adjust_cfa_offset -8\nret\n.cfi_endproc\n.size " #name          \
            ", . - " #name "\n")
LINK(chain_outer, chain_middle, 48);
LINK(chain_middle, chain_inner, 1024);
LINK(chain_inner, chain_pause, 16);
#else
__attribute__((noinline)) static void chain_inner(void) { chain_pause(); }
__attribute__((noinline)) static void chain_middle(void) { chain_inner(); }
__attribute__((noinline)) static void chain_outer(void) { chain_middle(); }
#endif

static void *chain_begin(void *unused) {
    chain_outer();
    return unused;
}

// Descriptors on which nothing ever comes.

static void *read_one(void *descriptor) {
    char byte;
    if (read(*(int *)descriptor, &byte, 1) < 0) fail("read");
    return NULL;
}

static void *wait_for_events(void *descriptor) {
    struct epoll_event event;
    while (epoll_wait(*(int *)descriptor, &event, 1, -1) != 1) {}
    return NULL;
}

static void *poll_two(void *descriptors) {
    const int *two = descriptors;
    struct pollfd wanted[] = {
        {.fd = two[0], .events = POLLIN}, {.fd = two[1], .events = POLLIN}};
    while (poll(wanted, 2, -1) < 1) {}
    return NULL;
}

/// A connection to ourselves over loopback; returns the end that was accepted.
static int connected(struct sockaddr_in *peer) {
    struct sockaddr_in any = internet("127.0.0.1", 0);
    int listener = bound_socket(SOCK_STREAM, &any);
    if (listen(listener, 1) != 0) fail("listen");
    struct sockaddr_in there = name_of(listener);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client < 0 || connect(client, (const struct sockaddr *)&there, sizeof there) != 0)
        fail("connect");
    *peer = name_of(client);
    int accepted = accept(listener, NULL, NULL);
    if (accepted < 0) fail("accept");
    return accepted;
}

void waits(struct arguments *arguments) {
    expect_count(arguments, 1, "waits N");
    long workers = number(arguments->values[0], 1, 10000, "N");
    for (long i = 0; i < workers; i++) start_thread("worker", worker_loop, NULL);
    pid_t chain = start_thread("chain", chain_begin, NULL);

    pid_t holder = start_thread("holder", hold, NULL);
    while (pthread_mutex_trylock(&held) == 0) pthread_mutex_unlock(&held);
    pid_t queued = 0;
    for (int i = 0; i < 4; i++) queued = start_thread("queued", queue_up, NULL);

    static int ends[2], sockets[2], epoll, counters[3];
    struct sockaddr_in peer;
    if (pipe(ends) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0) fail("pipe");
    static int accepted;
    accepted = connected(&peer);
    epoll = epoll_create1(0);
    for (int i = 0; i < 3; i++) {
        counters[i] = eventfd(0, 0);
        struct epoll_event event = {.events = EPOLLIN};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, counters[i], &event) != 0) fail("epoll_ctl");
    }
    static int two[2];
    two[0] = ends[0];
    two[1] = sockets[1];
    pid_t piped = start_thread("piped", read_one, &ends[0]);
    pid_t local = start_thread("local", read_one, &sockets[0]);
    pid_t remote = start_thread("remote", read_one, &accepted);
    pid_t evented = start_thread("evented", wait_for_events, &epoll);
    pid_t polled = start_thread("polled", poll_two, two);
    say("waits pid=%d workers=%ld chain=%d holder=%d queued=%d piped=%d local=%d remote=%d "
        "peer=%d evented=%d polled=%d",
        getpid(), workers, chain, holder, queued, piped, local, remote, ntohs(peer.sin_port),
        evented, polled);
    run(arguments);
}

// A process whose first thread has ended.

static struct arguments left_behind;

static void *inherit(void *unused) {
    (void)unused;
    run(&left_behind);
}

void headless(struct arguments *arguments) {
    expect_count(arguments, 0, "headless");
    left_behind = *arguments;
    pid_t heir = start_thread("heir", wait_forever, NULL);
    start_thread("main", inherit, NULL);
    say("headless pid=%d heir=%d", getpid(), heir);
    pthread_exit(NULL);
}

// A wait that no signal but SIGKILL ends: for a child that shares our memory, until it is gone.

static volatile pid_t child;

static void *wait_for_child(void *unused) {
    if (vfork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        child = getpid();
        for (;;) pause();
    }
    while (waitpid(child, NULL, 0) < 0) {}
    return wait_forever(unused);
}

void unmoved(struct arguments *arguments) {
    expect_count(arguments, 0, "unmoved");
    pid_t waiter = start_thread("waiter", wait_for_child, NULL);
    while (child == 0) rest(1000000);
    say("unmoved pid=%d waiter=%d child=%d", getpid(), waiter, child);
    run(arguments);
}
