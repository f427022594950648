/// Burns a CPU in spin_inner, called by a handler of the signal that interrupted raise_signal.

#include <signal.h>
#include <unistd.h>

void dump_on_signal(const char *path, char **environment);

#define FRAME __attribute__((noinline))
#define STAY __asm__ volatile("" ::: "memory")

FRAME long spin_inner(long count) {
    long sum = 0;
    for (long index = 0; index < count; index++) {
        sum = sum * 31 + index;
        STAY;
    }
    return sum;
}

FRAME void handler(int number) {
    for (;;) {
        spin_inner(number + 1000);
        STAY;
    }
}

FRAME void raise_signal(void) {
    kill(getpid(), SIGUSR2);
    STAY;
}

int main(int count, char **arguments, char **environment) {
    if (count > 1) dump_on_signal(arguments[1], environment);
    signal(SIGUSR2, handler);
    raise_signal();
    STAY;
    return 0;
}
