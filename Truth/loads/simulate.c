// Two threads that compute, each its own part, and the first that waits for them.

#include <pthread.h>

static void *step(void *part) {
    volatile double *value = part;
    for (;;) *value = *value * 0.999 + 0.5;
}

int main(void) {
    static double parts[64];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], 0, step, &parts[i * 32]);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
}
