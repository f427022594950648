/// What every workload shares: threads with names, paced work, and a certain end.
#ifndef SUPPORT_H
#define SUPPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// What follows the name of a workload on the command line, `--seconds` taken out.
struct arguments {
    int count;
    char **values;
    long seconds;
};

typedef void *(*thread_body)(void *);

/// Ends the program with status 2 and a line on standard error.
_Noreturn void refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Ends the program with status 1, the failed call and errno's text.
_Noreturn void fail(const char *call);

/// The whole number that `text` says, from `least` to `most`; refuses anything else.
long number(const char *text, long least, long most, const char *what);

/// The word behind the option `name`, or `otherwise`. The option is taken out of `arguments`.
const char *text_option(struct arguments *arguments, const char *name, const char *otherwise);

/// The number behind the option `name`, or `otherwise`.
long option(struct arguments *arguments, const char *name, long least, long most, long otherwise);

/// Whether the option `name`, which has no value, is there.
bool flag(struct arguments *arguments, const char *name);

/// Refuses arguments that are left over.
void expect_count(const struct arguments *arguments, int count, const char *usage);

/// Starts a thread with a small stack and, unless `name` is NULL, this name (15 bytes, any bytes).
/// Returns its number once it has its name.
pid_t start_thread(const char *name, thread_body body, void *argument);

/// Prints one line and flushes it, for a test or a script that waits for it.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Waits until the time is over, a signal says stop, or the parent process is gone; then ends the
/// program with all its threads.
_Noreturn void run(const struct arguments *arguments);

uint64_t monotonic_nanoseconds(void);

/// Uses the CPU in user space for so long. Reading the clock needs no system call.
void burn(uint64_t nanoseconds);

/// Waits in the kernel for so long.
void rest(uint64_t nanoseconds);

/// A thread body that uses `*(long *)argument` percent of a CPU, in periods of 10 ms.
void *burn_share(void *percent);

/// A thread body that uses a whole CPU and never enters the kernel.
void *burn_forever(void *unused);

/// A thread body that works for `*(uint64_t *)nanoseconds`, and ends.
void *burn_once(void *nanoseconds);

/// A thread body that waits for good.
void *wait_forever(void *unused);

#endif
