/// Threads that wait: for each other, for work, and in a way that nothing can interrupt.

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "workloads.h"

/// What all threads of a convoy or of a pool share.
static struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    long length;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER};

static void start_many(const char *kind, long threads, thread_body body) {
    char name[16];
    for (long i = 0; i < threads; i++) {
        snprintf(name, sizeof name, "%s-%ld", kind, i);
        start_thread(name, body, NULL);
    }
}

/// Holds the lock for a system call that sleeps, so that whoever else wants it has to wait.
static void *queue_up(void *unused) {
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&queue.lock);
        rest(100000);
        pthread_mutex_unlock(&queue.lock);
        burn(20000);
    }
}

void convoy(struct arguments *arguments) {
    long threads = 6;
    if (arguments->count == 1) threads = number(arguments->values[0], 2, 1024, "N");
    else expect_count(arguments, 0, "convoy [N]");
    start_many("queuing", threads, queue_up);
    say("convoy pid=%d threads=%ld lock=%lu", getpid(), threads, (unsigned long)&queue.lock);
    run(arguments);
}

static void *serve(void *unused) {
    (void)unused;
    pthread_mutex_lock(&queue.lock);
    for (;;) {
        while (queue.length == 0) pthread_cond_wait(&queue.filled, &queue.lock);
        queue.length--;
        pthread_mutex_unlock(&queue.lock);
        burn(20000);
        pthread_mutex_lock(&queue.lock);
    }
}

static long pieces_each_ms;

static void *hand_out(void *unused) {
    (void)unused;
    for (;;) {
        for (long i = 0; i < pieces_each_ms; i++) {
            pthread_mutex_lock(&queue.lock);
            queue.length++;
            pthread_mutex_unlock(&queue.lock);
            pthread_cond_signal(&queue.filled);
        }
        rest(1000000);
    }
}

void pool(struct arguments *arguments) {
    pieces_each_ms = option(arguments, "--rate", 0, 100000, 0) / 1000;
    expect_count(arguments, 1, "pool N [--rate R]");
    long threads = number(arguments->values[0], 1, 4096, "N");
    start_many("worker", threads, serve);
    if (pieces_each_ms > 0) start_thread("dispatcher", hand_out, NULL);
    say("pool pid=%d threads=%ld condition=%lu", getpid(), threads,
        (unsigned long)&queue.filled);
    run(arguments);
}

/// Until its child calls execve or ends, who calls vfork is in state D.
static void *wait_for_child(void *unused) {
    (void)unused;
    if (vfork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);  // when the thread that waits ends
        for (;;) pause();
    }
    fail("vfork");
}

void stall(struct arguments *arguments) {
    expect_count(arguments, 0, "stall");
    pid_t stalled = start_thread("stalled", wait_for_child, NULL);
    say("stall pid=%d stalled=%d", getpid(), stalled);
    run(arguments);
}
