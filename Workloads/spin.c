/// The loop of librdkafka before 1.0, with its names: a deadline whose nanoseconds were not carried
/// into seconds makes pthread_cond_timedwait return EINVAL at once, and the caller takes everything
/// but a timeout for "try again". One thread burns a CPU and never enters the kernel.

#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "workloads.h"

enum { thrd_success, thrd_error, thrd_timedout };

// A frame of its own for each, at every optimisation level, so that profiles show the chain: not
// inlined, and with work after the call, so that the call is no jump.
#define FRAME __attribute__((noinline))
#define STAY __asm__ volatile("" ::: "memory")

FRAME int cnd_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock, const struct timespec *until) {
    int result = pthread_cond_timedwait(cond, lock, until);
    STAY;
    if (result == ETIMEDOUT) return thrd_timedout;
    return result == 0 ? thrd_success : thrd_error;
}

FRAME int cnd_timedwait_abs(
    pthread_cond_t *cond, pthread_mutex_t *lock, const struct timespec *until) {
    if (until->tv_sec == 0) return thrd_timedout;
    int result = cnd_timedwait(cond, lock, until);
    STAY;
    return result;
}

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    volatile int length;
};

FRAME int rd_kafka_q_pop_serve(struct queue *queue, const struct timespec *until) {
    pthread_mutex_lock(&queue->lock);
    while (queue->length == 0)
        if (cnd_timedwait_abs(&queue->filled, &queue->lock, until) == thrd_timedout) break;
    pthread_mutex_unlock(&queue->lock);
    STAY;
    return queue->length;
}

FRAME void *rd_kafka_consume0(void *unused) {
    (void)unused;
    struct queue queue = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER, .length = 0};
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec = 1000000000;  // the bug: 999999999 is the most there can be
    while (rd_kafka_q_pop_serve(&queue, &until) == 0) STAY;
    return NULL;
}

static int messages[2];

static void *broker(void *unused) {
    (void)unused;
    int set = epoll_create1(0);
    struct epoll_event event;
    for (;;) epoll_wait(set, &event, 1, 100);
}

static void *reader(void *unused) {
    (void)unused;
    char byte;
    while (read(messages[0], &byte, 1) == 1) {}
    return NULL;
}

/// About 8 % of a CPU, a hundred messages a second.
static void *writer(void *unused) {
    (void)unused;
    while (write(messages[1], "", 1) == 1) {
        burn(800000);
        rest(9200000);
    }
    return NULL;
}

static void *sleeper(void *unused) {
    (void)unused;
    for (;;) rest(500000000);
}

static void *worker(void *unused) {
    (void)unused;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t work = PTHREAD_COND_INITIALIZER;
    pthread_mutex_lock(&lock);
    for (;;) pthread_cond_wait(&work, &lock);
}

void spin(struct arguments *arguments) {
    expect_count(arguments, 0, "spin");
    if (pipe(messages) != 0) fail("pipe");
    static const struct {
        const char *name;
        thread_body body;
    } normal[] = {
        {"rdk:main", broker},    {"rdk:broker1", broker}, {"rdk:broker2", broker},
        {"rdk:broker3", broker}, {"ws-read", reader},     {"ws-write", writer},
        {"timer", sleeper},      {"metrics", sleeper},    {"worker-0", worker},
        {"worker-1", worker},    {"worker-2", worker},    {"worker-3", worker},
    };
    for (size_t i = 0; i < sizeof normal / sizeof *normal; i++)
        start_thread(normal[i].name, normal[i].body, NULL);
    pid_t poll = start_thread("poll", rd_kafka_consume0, NULL);
    say("spin pid=%d poll=%d", getpid(), poll);
    run(arguments);
}
