#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include "CCurses.h"
#include "Internal.h"

// Everything reached from a handler here is on the list of signal-safety(7).

// MARK: Restoring the tty without curses

static struct CCurses_rescue rescue;
static atomic_bool has_rescue;

void CCurses_set_rescue(const struct CCurses_rescue *new_rescue) {
    atomic_store(&has_rescue, false);
    if (!new_rescue) return;
    rescue = *new_rescue;
    atomic_store(&has_rescue, true);
}

/// Restores the tty once. Cannot hang, even on a tty that takes no more output: flow control is
/// lifted first, writing does not block, and after a tenth of a second it gives up.
static void restore_tty(void) {
    if (!atomic_exchange(&has_rescue, false)) return;
    // A background process that touches the tty's modes would be stopped.
    sigset_t ttou;
    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &ttou, NULL);

    struct termios unstopped = rescue.modes;
    unstopped.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
    tcsetattr(rescue.output, TCSANOW, &unstopped);
    int flags = fcntl(rescue.output, F_GETFL);
    fcntl(rescue.output, F_SETFL, flags | O_NONBLOCK);
    size_t sent = 0;
    while (sent < rescue.length) {
        ssize_t count = write(rescue.output, rescue.bytes + sent, rescue.length - sent);
        if (count > 0) {
            sent += (size_t)count;
            continue;
        }
        if (errno == EINTR) continue;
        struct pollfd space = {.fd = rescue.output, .events = POLLOUT};
        if (errno != EAGAIN || poll(&space, 1, 100) <= 0) break;
    }
    // The open file is shared with the shell, which expects it to block.
    fcntl(rescue.output, F_SETFL, flags);
    tcsetattr(rescue.output, TCSANOW, &rescue.modes);
}

// MARK: Handlers

static int event = -1;
static atomic_uint pending;
/// The signal by which the process is to end, once there is one.
static atomic_int ending;

static void record(int number) {
    int saved_errno = errno;
    unsigned bit = 0;
    switch (number) {
    case SIGWINCH: bit = CCurses_signal_resize; break;
    case SIGINT: bit = CCurses_signal_interrupt; break;
    case SIGTERM: bit = CCurses_signal_terminate; break;
    case SIGHUP: bit = CCurses_signal_hangup; break;
    case SIGTSTP: bit = CCurses_signal_suspend; break;
    case SIGCONT: bit = CCurses_signal_continue; break;
    }
    atomic_fetch_or(&pending, bit);
    if (number == SIGINT || number == SIGTERM || number == SIGHUP) {
        // The loop may hang in a write to a tty that takes no more output. The second begins with
        // the first of them: who keeps pressing Ctrl-C must not put it off.
        int none = 0;
        if (atomic_compare_exchange_strong(&ending, &none, number)) alarm(1);
    }
    uint64_t one = 1;
    // Cannot fail but when the count is full, and then the descriptor is readable anyhow.
    if (write(event, &one, sizeof one) < 0) errno = saved_errno;
    errno = saved_errno;
}

/// A closed pipe is told by write's error. Ignoring the signal instead would be inherited by the
/// tools that are started.
static void nothing(int number) { (void)number; }

static void give_up(int number) {
    (void)number;
    restore_tty();
    int reason = atomic_load(&ending);
    _exit(reason ? 128 + reason : EXIT_FAILURE);
}

static struct sigaction *previous(int number);

/// The tty first, then whatever would have happened: a backtrace, a core file, the right status.
static void crash(int number, siginfo_t *info, void *context) {
    (void)context;
    restore_tty();
    // Whoever sends a signal wants us gone, not to be asked questions by Swift's backtracer.
    bool was_sent = info->si_code <= 0 || number == SIGQUIT;
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigaction(number, was_sent ? &by_default : previous(number), NULL);
    // A fault happens again on return; a signal that was sent does not.
    if (was_sent || info->si_code == SI_KERNEL) raise(number);
}

static const struct {
    int number;
    void (*handler)(int);
} handled[] = {
    {SIGWINCH, record}, {SIGINT, record},  {SIGTERM, record}, {SIGHUP, record},
    {SIGTSTP, record},  {SIGCONT, record}, {SIGPIPE, nothing}, {SIGALRM, give_up},
};

/// SIGQUIT is among them: Ctrl-\ is how a person gets a core file of what hangs.
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT};

enum {
    handled_count = sizeof handled / sizeof *handled,
    crash_count = sizeof crashes / sizeof *crashes,
};

static struct sigaction previous_handled[handled_count];
static struct sigaction previous_crashes[crash_count];

static struct sigaction *previous(int number) {
    for (size_t index = 0; index < crash_count; index++) {
        if (crashes[index] == number) return &previous_crashes[index];
    }
    return NULL;
}

// MARK: Installing

int CCurses_install_signals(void) {
    static bool restores_at_exit = false;
    if (!restores_at_exit) restores_at_exit = atexit(restore_tty) == 0;
    event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (event < 0) return -1;
    atomic_store(&pending, 0);
    atomic_store(&ending, 0);

    // A stack of its own, so that a stack overflow can be told too.
    static char stack[65536];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);

    sigset_t unblocked;
    sigemptyset(&unblocked);
    for (size_t index = 0; index < handled_count; index++) {
        struct sigaction action = {.sa_handler = handled[index].handler, .sa_flags = SA_RESTART};
        sigfillset(&action.sa_mask);
        sigaction(handled[index].number, &action, &previous_handled[index]);
        sigaddset(&unblocked, handled[index].number);
    }
    for (size_t index = 0; index < crash_count; index++) {
        struct sigaction action = {.sa_sigaction = crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
        sigemptyset(&action.sa_mask);
        sigaction(crashes[index], &action, &previous_crashes[index]);
        sigaddset(&unblocked, crashes[index]);
    }
    pthread_sigmask(SIG_UNBLOCK, &unblocked, NULL);
    return event;
}

void CCurses_guard_close(void) { alarm(1); }

void CCurses_remove_signals(void) {
    alarm(0);
    for (size_t index = 0; index < handled_count; index++) {
        sigaction(handled[index].number, &previous_handled[index], NULL);
    }
    for (size_t index = 0; index < crash_count; index++) {
        sigaction(crashes[index], &previous_crashes[index], NULL);
    }
    close(event);
    event = -1;
}

unsigned CCurses_take_signals(void) {
    uint64_t count;
    // Emptied before the bits are taken: a signal between the two wakes the loop once too often
    // rather than never.
    if (read(event, &count, sizeof count) < 0 && errno != EAGAIN) return 0;
    return atomic_exchange(&pending, 0);
}

void CCurses_stop(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    struct sigaction ours;
    sigaction(SIGTSTP, &action, &ours);
    // Returns at once where nobody could continue the process (an orphaned process group).
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
    atomic_fetch_and(&pending, ~(unsigned)(CCurses_signal_suspend | CCurses_signal_continue));
}

void CCurses_die(int number) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(number, &action, NULL);
    raise(number);
}
