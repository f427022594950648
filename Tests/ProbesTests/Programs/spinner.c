/// Burns a CPU in spin_inner, called by spin_middle, called by spin_outer, called by main.

void dump_on_signal(const char *path, char **environment);

// A frame of its own for each, at every optimisation level: not inlined, and with work after the
// call, so that the call is no jump.
#define FRAME __attribute__((noinline))
#define STAY __asm__ volatile("" ::: "memory")

// DW_CFA_register: the caller's rbx is in register number 2^64 - 1.
#ifdef FAR_REGISTER
#define TELL_FAR_REGISTER \
    __asm__ volatile( \
        ".cfi_escape 0x09, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01")
#else
#define TELL_FAR_REGISTER
#endif

static volatile long sink;

FRAME long spin_inner(long count) {
    long sum = 0;
    for (long index = 0; index < count; index++) {
        sum = sum * 31 + index;
        STAY;
    }
    return sum;
}

FRAME static long spin_middle(long count) {
    long local[16];
    TELL_FAR_REGISTER;
    for (int index = 0; index < 16; index++) {
        local[index] = spin_inner(count + index);
        STAY;
    }
    return local[count & 15];
}

FRAME long spin_outer(long count) {
    long sum = spin_middle(count) + spin_middle(count + 1);
    STAY;
    return sum;
}

int main(int count, char **arguments, char **environment) {
    if (count > 1) dump_on_signal(arguments[1], environment);
    for (;;) {
        sink = spin_outer(20);
        STAY;
    }
}
