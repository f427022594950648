/// Stops a thread at each of its system calls: ptrace(2) is variadic, and how a stop is told apart
/// from another is made of macros. All of it from one thread: only that is the tracer.
#ifndef CLINUX_CALL_TRACER_H
#define CLINUX_CALL_TRACER_H

#include <stdbool.h>
#include <stdint.h>

enum clinux_stop_kind {
    /// None within the time that `clinux_begin_waking` set.
    CLINUX_STOP_NONE,
    /// Nobody is traced any more.
    CLINUX_STOP_NOBODY,
    /// The thread is gone.
    CLINUX_STOP_ENDED,
    /// It entered a call, or comes back from one.
    CLINUX_STOP_ENTRY,
    CLINUX_STOP_RETURN,
    /// SIGSTOP and the like stopped its process: it is to stay so.
    CLINUX_STOP_HALT,
    /// Something else, after which it goes on, with `signal` if that is not 0.
    CLINUX_STOP_OTHER,
};

struct clinux_stop {
    enum clinux_stop_kind kind;
    int thread;
    int signal;
    /// Of an entry: the call's number.
    int64_t number;
    /// Of a return.
    bool has_failed;
};

/// Traces a thread without stopping it; with `and_new`, those it begins, too. When the tracing thread
/// ends, by whatever way, the kernel lets all go, and they run on. From call to call it
/// goes once it was interrupted. 0 or errno.
int clinux_trace_calls(int thread, bool and_new);

/// Lets a thread that stopped go on to its next call, with a signal unless that is 0.
void clinux_trace_go_on(int thread, int signal);

/// Lets it stay stopped, as its process is, until that is continued.
void clinux_trace_stay(int thread);

/// Waits for a stop of any thread that the calling one traces; not for children of others.
struct clinux_stop clinux_trace_wait(void);

/// Wakes the calling thread from waiting so often: waitpid(2) takes no time limit. Gives a timer, or
/// returns false if the system has none to give.
bool clinux_begin_waking(int milliseconds, void **timer);
void clinux_end_waking(void *timer);

/// The calling thread's own number, by which others see who traces: gettid(2) is not in the part of
/// unistd.h that Swift imports.
int clinux_thread_number(void);

#endif
