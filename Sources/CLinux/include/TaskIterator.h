/// A small program in the kernel that tells of every task that ran: see TaskIterator.c.
#ifndef CLINUX_TASK_ITERATOR_H
#define CLINUX_TASK_ITERATOR_H

#include <stdint.h>

/// Where this kernel's `struct task_struct` has what is told, in bytes.
struct clinux_task_layout {
    /// The number of the type of the function `bpf_iter_task`.
    uint32_t function;
    int16_t tid, tgid, state, exit_state;
    /// -1 where it is not known.
    int16_t cpu;
    int16_t user_time, system_time;
    /// -1 where the kernel keeps none.
    int16_t shown_user_time, shown_system_time;
    int16_t run_time, run_delay, last_arrival;
    int16_t voluntary, involuntary, minor_faults, major_faults, start_time, name;
    /// What belongs to its process, -1 where that is not known: a pointer to it, and where that has
    /// the run time of threads that ended, and how many there are.
    int16_t process, ended_time, thread_count;
};

/// What is told of one task. Times are in nanoseconds.
struct clinux_task_record {
    /// Numbers of the first pid namespace.
    uint32_t tid, tgid;
    /// The kernel's bits.
    uint32_t state, exit_state;
    /// -1 where it is not known.
    int32_t cpu;
    /// Of its process; 0 where it is not known.
    uint32_t thread_count;
    /// Sampled at ticks; their sum is not `run_time`.
    uint64_t user_time, system_time;
    /// What was told of them when the thread's files were read last, and is never taken back.
    uint64_t shown_user_time, shown_system_time;
    /// On a CPU, and runnable but waiting for one.
    uint64_t run_time, run_delay;
    /// Run time of its process's threads that ended, until `thread_count` were left.
    uint64_t ended_time;
    /// When it was last put on a CPU, on a clock of the scheduler's; 0 where that is not kept.
    uint64_t last_arrival;
    uint64_t voluntary, involuntary;
    uint64_t minor_faults, major_faults;
    /// Since boot, time asleep included.
    uint64_t start_time;
    /// 16 bytes up to a NUL.
    uint64_t name[2];
};

/// File descriptors; the program goes when they are closed, by whatever way.
struct clinux_task_iterator {
    int link, since;
};

/// Loads the program. 0, or errno: EPERM without CAP_BPF and CAP_PERFMON, EINVAL before 5.8.
int clinux_open_task_iterator(
    struct clinux_task_iterator *iterator, const struct clinux_task_layout *layout);

/// Begins a pass over the tasks of the machine, in the order of their numbers: a descriptor that gives
/// `struct clinux_task_record`, up to 32 KiB at a time, and ends. It tells of those that run or could
/// run, and of those that were put on a CPU at `since` or later; with 0 of all. -1 and errno on
/// failure.
int clinux_begin_task_pass(const struct clinux_task_iterator *iterator, uint64_t since);

void clinux_close_task_iterator(struct clinux_task_iterator *iterator);

#endif
