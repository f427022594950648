/// perf_event_open(2), as Swift can ask for it.
#ifndef CLINUX_PERF_EVENT_H
#define CLINUX_PERF_EVENT_H

#include <stdbool.h>

/// What of struct perf_event_attr is used here: the original is made of bit fields and unions.
struct clinux_perf_event {
    unsigned int type;
    unsigned long long config;
    /// Events from one sample to the next, or samples a second with `is_frequency`; 0 to count only.
    unsigned long long period;
    bool is_frequency;
    unsigned long long sample_type;
    /// Registers of user mode by the numbers of asm/perf_regs.h, as a mask; bytes of its stack.
    unsigned long long user_registers;
    unsigned int user_stack;
    /// Bytes in the ring at which poll(2) finds it readable; 0 for half of it.
    unsigned int wakeup_bytes;
    /// Threads that the target begins later, and its child processes, are counted with it.
    bool inherits;
    bool excludes_kernel;
    bool excludes_idle;
    /// Records of code that is mapped, and of threads that change their names.
    bool reports_mappings;
    bool reports_names;
};

/// Opens an event that counts once it is enabled; glibc has no perf_event_open.
///
/// thread: -1 for all, on one CPU. cpu: -1 for wherever the thread runs. -1 and errno on failure.
int clinux_perf_event_open(const struct clinux_perf_event *event, int thread, int cpu);

/// ioctl(2)s of events: their numbers are macros that Swift does not import. -1 and errno on failure.
int clinux_perf_event_enable(int descriptor);
/// The event's records go to the ring of another one, which is on the same CPU.
int clinux_perf_event_share_ring(int descriptor, int other);
/// Only events of a tracepoint that match: "id == 1".
int clinux_perf_event_filter(int descriptor, const char *filter);

/// The place behind the newest byte of a ring, whose first page is given; and what tells the kernel
/// that all before `tail` may be overwritten. Both in the order that the kernel's writes need.
unsigned long long clinux_perf_ring_head(const void *page);
unsigned long long clinux_perf_ring_tail(const void *page);
void clinux_perf_ring_release(void *page, unsigned long long tail);

#endif
