#include "support.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static const uint64_t second = 1000000000;

void refuse(const char *format, ...) {
    va_list values;
    va_start(values, format);
    fputs("workload: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    exit(2);
}

void fail(const char *call) {
    fprintf(stderr, "workload: %s: %s\n", call, strerror(errno));
    exit(1);
}

long number(const char *text, long least, long most, const char *what) {
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < least || value > most)
        refuse("%s is a whole number from %ld to %ld, not '%s'", what, least, most, text);
    return value;
}

/// Takes so many words out of `arguments`.
static void take_out(struct arguments *arguments, int place, int words) {
    for (int i = place + words; i < arguments->count; i++)
        arguments->values[i - words] = arguments->values[i];
    arguments->count -= words;
}

const char *text_option(struct arguments *arguments, const char *name, const char *otherwise) {
    for (int i = 0; i < arguments->count; i++) {
        if (strcmp(arguments->values[i], name) != 0) continue;
        if (i + 1 == arguments->count) refuse("%s needs a value", name);
        const char *value = arguments->values[i + 1];
        take_out(arguments, i, 2);
        return value;
    }
    return otherwise;
}

long option(struct arguments *arguments, const char *name, long least, long most, long otherwise) {
    const char *text = text_option(arguments, name, NULL);
    return text == NULL ? otherwise : number(text, least, most, name);
}

bool flag(struct arguments *arguments, const char *name) {
    for (int i = 0; i < arguments->count; i++) {
        if (strcmp(arguments->values[i], name) != 0) continue;
        take_out(arguments, i, 1);
        return true;
    }
    return false;
}

void expect_count(const struct arguments *arguments, int count, const char *usage) {
    if (arguments->count != count) refuse("usage: workload %s [--seconds N]", usage);
}

struct start {
    const char *name;
    thread_body body;
    void *argument;
    pid_t tid;
    sem_t begun;
};

static void *begin(void *pointer) {
    struct start *start = pointer;
    thread_body body = start->body;
    void *argument = start->argument;
    if (start->name != NULL) prctl(PR_SET_NAME, start->name);
    start->tid = gettid();
    sem_post(&start->begun);  // `start` is gone from here on
    return body(argument);
}

pid_t start_thread(const char *name, thread_body body, void *argument) {
    struct start start = {.name = name, .body = body, .argument = argument};
    sem_init(&start.begun, 0, 0);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 32 * 1024);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    errno = pthread_create(&thread, &attributes, begin, &start);
    if (errno != 0) fail("pthread_create");
    pthread_attr_destroy(&attributes);
    while (sem_wait(&start.begun) != 0) {}
    sem_destroy(&start.begun);
    return start.tid;
}

void say(const char *format, ...) {
    va_list values;
    va_start(values, format);
    vprintf(format, values);
    putchar('\n');
    fflush(stdout);
    va_end(values);
}

void run(const struct arguments *arguments) {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    // PR_SET_PDEATHSIG would fire when the *thread* that started us ends, which in a program with
    // a thread pool is at any time. So look at the parent now and then.
    pid_t parent = getppid();
    uint64_t end = monotonic_nanoseconds() + (uint64_t)arguments->seconds * second;
    struct timespec patience = {.tv_nsec = 200000000};
    while (monotonic_nanoseconds() < end && getppid() == parent)
        if (sigtimedwait(&ends, NULL, &patience) > 0) break;
    _exit(0);  // with every thread, whatever it does
}

uint64_t monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
}

void burn(uint64_t nanoseconds) {
    uint64_t end = monotonic_nanoseconds() + nanoseconds;
    while (monotonic_nanoseconds() < end) {}
}

void rest(uint64_t nanoseconds) {
    struct timespec time = {
        .tv_sec = (time_t)(nanoseconds / second), .tv_nsec = (long)(nanoseconds % second)};
    nanosleep(&time, NULL);
}

void *burn_share(void *percent) {
    const uint64_t period = 10000000;
    uint64_t busy = period / 100 * (uint64_t)*(const long *)percent;
    for (;;) {
        burn(busy);
        rest(period - busy);
    }
}

void *burn_forever(void *unused) {
    (void)unused;
    for (;;) burn(second);
}

void *burn_once(void *nanoseconds) {
    burn(*(const uint64_t *)nanoseconds);
    return NULL;
}

void *wait_forever(void *unused) {
    (void)unused;
    for (;;) pause();
}
