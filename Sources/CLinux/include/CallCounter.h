/// Two small programs in the kernel that count the system calls of one thread or process: see
/// CallCounter.c.
#ifndef CLINUX_CALL_COUNTER_H
#define CLINUX_CALL_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// Numbers from this on, less one, are counted together in the last place.
enum { CLINUX_CALL_NUMBERS = 512 };

/// What was counted of the calls with one number.
struct clinux_call_figures {
    /// Calls that were entered.
    uint64_t entered;
    /// Of these, those that returned, the nanoseconds that they took, and how many failed.
    uint64_t returned, nanoseconds, failed;
    /// Of those that returned, those that returned 0, and the sum of what is above 0: bytes, of a
    /// call that returns such.
    uint64_t zeros, sum;
    /// The error of the latest that failed, -EAGAIN or another; 0 if none did. How often it was
    /// another one than before; the first counts, too.
    int64_t error;
    uint64_t errors;
};

/// File descriptors; counting ends when they are closed, by whatever way.
struct clinux_call_counter {
    int figures, pending, enter, leave;
};

/// Begins to count. The number is of the kernel's first pid namespace. 0, or errno: EPERM without
/// CAP_BPF and CAP_PERFMON (before 5.8: CAP_SYS_ADMIN), EINVAL before 4.17.
int clinux_begin_counting_calls(
    struct clinux_call_counter *counter, int number, bool is_process);

/// What was counted until now of the calls with one number. `place` has a figure for every CPU that
/// the machine can have; the kernel fills them all.
bool clinux_read_counted_calls(
    const struct clinux_call_counter *counter, uint32_t number, struct clinux_call_figures *place);

void clinux_end_counting_calls(struct clinux_call_counter *counter);

#endif
