#include "CallTracer.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// Stops of system calls are told from a SIGTRAP by this bit: PTRACE_O_TRACESYSGOOD.
enum { call_stop = SIGTRAP | 0x80 };

int clinux_trace_calls(int thread, bool and_new) {
    long options = PTRACE_O_TRACESYSGOOD | (and_new ? PTRACE_O_TRACECLONE : 0);
    return ptrace(PTRACE_SEIZE, thread, NULL, options) == 0 ? 0 : errno;
}

void clinux_trace_go_on(int thread, int signal) {
    ptrace(PTRACE_SYSCALL, thread, NULL, (long)signal);
}

void clinux_trace_stay(int thread) { ptrace(PTRACE_LISTEN, thread, NULL, NULL); }

#if defined(__x86_64__)
/// Before Linux 5.3: of an entry the result register holds -ENOSYS.
static void read_registers(struct clinux_stop *stop) {
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, stop->thread, NULL, &registers) != 0) return;
    int64_t result = (int64_t)registers.rax;
    stop->kind = result == -ENOSYS ? CLINUX_STOP_ENTRY : CLINUX_STOP_RETURN;
    stop->number = (int64_t)registers.orig_rax;
    stop->has_failed = result < 0 && result >= -4095;
}
#else
static void read_registers(struct clinux_stop *stop) { (void)stop; }
#endif

static void read_call(struct clinux_stop *stop) {
    struct __ptrace_syscall_info call;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, stop->thread, sizeof call, &call) <= 0) {
        read_registers(stop);
    } else if (call.op == PTRACE_SYSCALL_INFO_ENTRY) {
        stop->kind = CLINUX_STOP_ENTRY;
        stop->number = (int64_t)call.entry.nr;
    } else if (call.op == PTRACE_SYSCALL_INFO_EXIT) {
        stop->kind = CLINUX_STOP_RETURN;
        stop->has_failed = call.exit.is_error;
    }
}

struct clinux_stop clinux_trace_wait(void) {
    struct clinux_stop stop = {.kind = CLINUX_STOP_OTHER};
    int status;
    stop.thread = waitpid(-1, &status, __WALL | __WNOTHREAD);
    if (stop.thread < 0) {
        stop.kind = errno == ECHILD ? CLINUX_STOP_NOBODY : CLINUX_STOP_NONE;
    } else if (!WIFSTOPPED(status)) {
        stop.kind = CLINUX_STOP_ENDED;
    } else if (WSTOPSIG(status) == call_stop) {
        read_call(&stop);
    } else if (status >> 16 == PTRACE_EVENT_STOP) {
        // SIGTRAP: our interruption, or a thread's begin.
        if (WSTOPSIG(status) != SIGTRAP) stop.kind = CLINUX_STOP_HALT;
    } else if (status >> 16 == 0) {
        stop.signal = WSTOPSIG(status);
    }
    return stop;
}

static void wake(int signal) { (void)signal; }

bool clinux_begin_waking(int milliseconds, void **timer) {
    // A signal that nobody else uses, with a handler, so that it interrupts and does nothing more.
    int number = SIGRTMAX - 1;
    struct sigaction action = {.sa_handler = wake};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = number};
    event._sigev_un._tid = gettid();
    struct itimerspec period = {.it_interval.tv_nsec = milliseconds * 1000000L};
    period.it_value = period.it_interval;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    return sigaction(number, &action, NULL) == 0
        && pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0
        && timer_create(CLOCK_MONOTONIC, &event, timer) == 0
        && timer_settime(*timer, 0, &period, NULL) == 0;
}

void clinux_end_waking(void *timer) { timer_delete(timer); }

int clinux_thread_number(void) { return gettid(); }
