/// Threads that get into each other's way: one at a time, in a circle, or with a lock in the wrong hands.

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// MARK: One at a time

/// A lock that is handed on in turn; each waiter sleeps on a word of its own, as a monitor of Java.
static struct turn {
    pthread_mutex_t lock;
    pthread_cond_t come;
    bool mine;
} turns[256];
static long players;

static void *take_turns(void *pointer) {
    struct turn *own = pointer, *next = &turns[(own - turns + 1) % players];
    for (;;) {
        pthread_mutex_lock(&own->lock);
        while (!own->mine) pthread_cond_wait(&own->come, &own->lock);
        own->mine = false;
        pthread_mutex_unlock(&own->lock);
        burn(3000000);
        pthread_mutex_lock(&next->lock);
        next->mine = true;
        pthread_cond_signal(&next->come);
        pthread_mutex_unlock(&next->lock);
    }
}

static void *hold_and_burn(void *unused) {
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&lock);
        burn(20000000);
        pthread_mutex_unlock(&lock);
        sched_yield();
    }
}

/// The same work, and nobody in the way.
static void *work_and_rest(void *unused) {
    (void)unused;
    for (uint64_t turn = (uint64_t)gettid();; turn = turn * 6364136223846793005u + 1) {
        burn(3000000);
        rest((uint64_t)(players - 1) * (1500000 + (turn >> 40) % 3000000));
    }
}

void serial(struct arguments *arguments) {
    bool words = flag(arguments, "--own-words"), free = flag(arguments, "--free");
    expect_count(arguments, 1, "serial N [--own-words] [--free]");
    players = number(arguments->values[0], 2, 256, "N");
    turns[0].mine = true;
    char name[16];
    for (long i = 0; i < players; i++) {
        pthread_mutex_init(&turns[i].lock, NULL);
        pthread_cond_init(&turns[i].come, NULL);
    }
    for (long i = 0; i < players; i++) {
        snprintf(name, sizeof name, "turn-%ld", i);
        start_thread(name, free ? work_and_rest : words ? take_turns : hold_and_burn, &turns[i]);
    }
    say("serial pid=%d threads=%ld lock=%lu", getpid(), players, (unsigned long)&lock);
    run(arguments);
}

// MARK: A circle

/// In memory that processes share, for --processes.
static struct {
    pthread_mutex_t mutex;
    pthread_rwlock_t rwlock;
} *circle;
static bool writes, processes;
static long patience;

/// Who is to wait for SIGUSR1 first reads a byte of it.
static int gate[2] = {-1, -1};

static void open_gate(int signal) {
    (void)signal;
    const char bytes[16] = "";
    if (write(gate[1], bytes, sizeof bytes) < 0) _exit(1);
}

/// Gives up after `patience` seconds, if there is such a time.
static void lock_circle(long place) {
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += patience;
    if (writes) pthread_rwlock_wrlock(&circle[place].rwlock);
    else if (patience > 0) pthread_mutex_timedlock(&circle[place].mutex, &end);
    else pthread_mutex_lock(&circle[place].mutex);
}

static void *lock_two(void *pointer) {
    long own = (long)pointer;
    char byte;
    if (gate[0] >= 0 && read(gate[0], &byte, 1) != 1) fail("read");
    lock_circle(own);
    rest(500000000);
    lock_circle((own + 1) % players);
    return wait_forever(NULL);
}

static void *lock_again(void *unused) {
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock);
    return wait_forever(unused);
}

/// No circle: the one that they wait for sleeps with the lock.
static void *sleep_with_lock(void *unused) {
    pthread_mutex_lock(&lock);
    return wait_forever(unused);
}

static void *want_lock(void *unused) {
    rest(200000000);
    pthread_mutex_lock(&lock);
    return wait_forever(unused);
}

static void make_circle(void) {
    circle = mmap(NULL, sizeof *circle * (size_t)players, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (circle == MAP_FAILED) fail("mmap");
    pthread_mutexattr_t shared;
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    for (long i = 0; i < players; i++) {
        pthread_mutex_init(&circle[i].mutex, processes ? &shared : NULL);
        pthread_rwlock_init(&circle[i].rwlock, NULL);
    }
}

void deadlock(struct arguments *arguments) {
    bool held = flag(arguments, "--held");
    bool later = flag(arguments, "--later");
    writes = flag(arguments, "--rwlock");
    processes = flag(arguments, "--processes");
    patience = option(arguments, "--patience", 0, 3600, 0);
    expect_count(arguments, 1, "deadlock N [--held] [--later] [--rwlock] [--processes] [--patience S]");
    players = number(arguments->values[0], 1, 16, "N");
    if (later) {
        if (pipe(gate) != 0) fail("pipe");
        signal(SIGUSR1, open_gate);
        // Who starts it may have it blocked.
        sigset_t begin;
        sigemptyset(&begin);
        sigaddset(&begin, SIGUSR1);
        pthread_sigmask(SIG_UNBLOCK, &begin, NULL);
    }
    make_circle();
    if (held) start_thread("holder", sleep_with_lock, NULL);
    char name[16];
    for (long i = 0; i < players; i++) {
        if (processes) {
            if (fork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                lock_two((void *)i);
            }
            continue;
        }
        snprintf(name, sizeof name, "locked-%ld", i);
        start_thread(name, held ? want_lock : players == 1 ? lock_again : lock_two, (void *)i);
    }
    say("deadlock pid=%d threads=%ld", getpid(), players);
    run(arguments);
}

// MARK: Whose turn it never is

/// Unimportant, and holds the lock for some milliseconds of work.
static void *idler(void *unused) {
    (void)unused;
    setpriority(PRIO_PROCESS, (id_t)gettid(), 19);
    for (;;) {
        pthread_mutex_lock(&lock);
        burn(5000000);
        pthread_mutex_unlock(&lock);
        sched_yield();
    }
}

static void *important(void *unused) {
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&lock);
        burn(100000);
        pthread_mutex_unlock(&lock);
        rest(10000000);
    }
}

void inversion(struct arguments *arguments) {
    bool alone = flag(arguments, "--alone");
    expect_count(arguments, 0, "inversion [--alone]");
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0) fail("sched_setaffinity");
    pid_t low = start_thread("low", idler, NULL);
    pid_t high = start_thread("high", important, NULL);
    for (int i = 0; i < 3 && !alone; i++) start_thread("middle", burn_forever, NULL);
    say("inversion pid=%d low=%d high=%d", getpid(), low, high);
    run(arguments);
}

// MARK: A lock that spins

static atomic_int spinlock;

__attribute__((noinline)) static void spin_lock(void) {
    while (atomic_exchange(&spinlock, 1) != 0) {}
}

static void *spin_for_lock(void *unused) {
    (void)unused;
    for (;;) {
        spin_lock();
        burn(1000000);
        atomic_store(&spinlock, 0);
    }
}

static void *sleep_with_spinlock(void *unused) {
    (void)unused;
    for (;;) {
        spin_lock();
        rest(1000000000);
        atomic_store(&spinlock, 0);
        rest(1000000);
    }
}

void spinlocks(struct arguments *arguments) {
    bool asleep = flag(arguments, "--asleep");
    expect_count(arguments, 1, "spinlock N [--asleep]");
    long threads = number(arguments->values[0], 2, 256, "N");
    char name[16];
    for (long i = 0; i < threads; i++) {
        snprintf(name, sizeof name, "spinning-%ld", i);
        start_thread(name, asleep && i == 0 ? sleep_with_spinlock : spin_for_lock, NULL);
    }
    say("spinlock pid=%d threads=%ld", getpid(), threads);
    run(arguments);
}

// MARK: One lock of several processes

void shared(struct arguments *arguments) {
    expect_count(arguments, 1, "shared N");
    long count = number(arguments->values[0], 2, 64, "N");
    pthread_mutex_t *mutex = mmap(
        NULL, sizeof *mutex, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (mutex == MAP_FAILED) fail("mmap");
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(mutex, &attributes);
    pid_t parent = getpid();
    for (long i = 0; i < count; i++) {
        pid_t child = fork();
        if (child < 0) fail("fork");
        if (child > 0) continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (getppid() == parent) {
            pthread_mutex_lock(mutex);
            rest(100000);
            pthread_mutex_unlock(mutex);
            burn(20000);
        }
        _exit(0);
    }
    say("shared pid=%d processes=%ld lock=%lu", getpid(), count, (unsigned long)mutex);
    run(arguments);
}

// MARK: Real time

/// Takes a share of a CPU as no other may: SCHED_FIFO.
void realtime(struct arguments *arguments) {
    static long share;
    share = option(arguments, "--share", 1, 100, 100);
    expect_count(arguments, 0, "realtime [--share PERCENT]");
    struct sched_param priority = {.sched_priority = 20};
    if (sched_setscheduler(0, SCHED_FIFO, &priority) != 0) fail("sched_setscheduler");
    pid_t thread = share == 100 ? start_thread("realtime", burn_forever, NULL)
                                : start_thread("realtime", burn_share, &share);
    say("realtime pid=%d thread=%d", getpid(), thread);
    run(arguments);
}
