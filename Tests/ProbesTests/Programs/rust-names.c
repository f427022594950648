/// The chain with names as rustc writes them: first its present way (v0), then its old one.

void dump_on_signal(const char *path, char **environment);

#define FRAME __attribute__((noinline))
#define STAY __asm__ volatile("" ::: "memory")

FRAME long inner(long count) __asm__("_RNvNtCs1234_7mycrate5queue4spin");
FRAME long outer(long count) __asm__("_ZN7mycrate5queue5serve17h0123456789abcdefE");

long inner(long count) {
    long sum = 0;
    for (long index = 0; index < count; index++) {
        sum = sum * 31 + index;
        STAY;
    }
    return sum;
}

long outer(long count) {
    long sum = inner(count) + inner(count + 1);
    STAY;
    return sum;
}

int main(int count, char **arguments, char **environment) {
    if (count > 1) dump_on_signal(arguments[1], environment);
    for (;;) {
        outer(1000);
        STAY;
    }
}
