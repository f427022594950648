/// On SIGUSR1, appends to a file what was interrupted: registers by their DWARF numbers, and the
/// stack from the stack pointer on.

#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

enum { registers = 17, stack_size = 16384 };

static int file;
static uintptr_t stack_end;
static struct {
    uint64_t registers[registers];
    char stack[stack_size];
} record;

static void dump(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    static const int order[registers] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                                         REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                         REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    const ucontext_t *interrupted = context;
    for (int number = 0; number < registers; number++)
        record.registers[number] = (uint64_t)interrupted->uc_mcontext.gregs[order[number]];
    uintptr_t pointer = record.registers[7];
    size_t count = stack_end - pointer < stack_size ? stack_end - pointer : stack_size;
    memset(record.stack, 0, stack_size);
    memcpy(record.stack, (void *)pointer, count);
    if (write(file, &record, sizeof record) < 0) _exit(1);
}

void dump_on_signal(const char *path, char **environment) {
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    // What it points to lies above all frames.
    stack_end = (uintptr_t)environment[0];
    static char handler_stack[65536];
    sigaltstack(&(stack_t){.ss_sp = handler_stack, .ss_size = sizeof handler_stack}, NULL);
    sigaction(SIGUSR1,
        &(struct sigaction){.sa_sigaction = dump, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART},
        NULL);
    if (write(STDOUT_FILENO, "ready\n", 6) != 6) _exit(1);
}
