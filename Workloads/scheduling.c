/// Load for the scheduler: threads that wait for a CPU, and threads that give it up all the time.

#include <stdio.h>
#include <unistd.h>

#include "workloads.h"

void starve(struct arguments *arguments) {
    long threads = 2 * sysconf(_SC_NPROCESSORS_ONLN);
    if (arguments->count == 1) threads = number(arguments->values[0], 1, 4096, "N");
    else expect_count(arguments, 0, "starve [N]");
    char name[16];
    for (long i = 0; i < threads; i++) {
        snprintf(name, sizeof name, "hungry-%ld", i);
        start_thread(name, burn_forever, NULL);
    }
    say("starve pid=%d threads=%ld cpus=%ld", getpid(), threads, sysconf(_SC_NPROCESSORS_ONLN));
    run(arguments);
}

struct player {
    int from, to;
};

static void *hand_on(void *pointer) {
    const struct player *player = pointer;
    char ball;
    while (read(player->from, &ball, 1) == 1 && write(player->to, &ball, 1) == 1) {}
    fail("pipe");
}

void switcher(struct arguments *arguments) {
    expect_count(arguments, 0, "switcher");
    int there[2], back[2];
    if (pipe(there) != 0 || pipe(back) != 0) fail("pipe");
    static struct player players[2];
    players[0] = (struct player){.from = back[0], .to = there[1]};
    players[1] = (struct player){.from = there[0], .to = back[1]};
    pid_t ping = start_thread("ping", hand_on, &players[0]);
    pid_t pong = start_thread("pong", hand_on, &players[1]);
    if (write(there[1], "", 1) != 1) fail("write");
    say("switcher pid=%d ping=%d pong=%d", getpid(), ping, pong);
    run(arguments);
}
