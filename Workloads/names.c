/// Thread names that hurt: parsers of `stat`, tables, and the terminal. A name is any 15 bytes. Names
/// of UNIX sockets may hurt just as well.

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "workloads.h"

static const char *const hostile[] = {
    "a) R 1 (",                // looks like the end of the name field
    "two\nlines",              // looks like the next line
    "\033[31mred",             // colours
    "\033]0;title\007x",       // sets the title of the terminal
    "\377\376bad\300\200",     // not UTF-8
    "",                        // nothing at all
    "\346\274\242\346\274\242\346\274\242\346\274\242\346\274\242",   // five wide characters
    "x\346\274\242\346\274\242\346\274\242\346\274\242\346\274\242",  // the last is cut at byte 15
    "abc\342\200\256fed",      // a right-to-left override
    "e\314\201\314\201\314\201\314\201",  // combining marks
    "\t\r\b\177",              // control bytes
    ") ( ) S 0 0",
};

/// A socket in the abstract namespace, where a name is any bytes. Ours end in the process, since
/// each name is there once.
static void open_socket(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int size = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "%s %d", name, getpid());
    int made = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)size);
    if (made < 0 || bind(made, (const struct sockaddr *)&address, length) != 0) fail("bind");
}

void names(struct arguments *arguments) {
    bool with_sockets = flag(arguments, "--sockets");
    expect_count(arguments, 0, "names [--sockets]");
    if (with_sockets) {
        for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) open_socket(hostile[i]);
        // Who owns them is shown, too.
        prctl(PR_SET_NAME, hostile[2]);
    }
    static long share = 30;
    const size_t busy = 4;
    char tids[16 * 12] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        pid_t tid = start_thread(
            hostile[i], i < busy ? burn_share : wait_forever, i < busy ? &share : NULL);
        used += (size_t)snprintf(
            tids + used, sizeof tids - used, i == 0 ? "%d" : ",%d", tid);
    }
    say("names pid=%d busy=%zu tids=%s", getpid(), busy, tids);
    run(arguments);
}
