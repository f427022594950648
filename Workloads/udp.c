/// Readers of UDP, each of which loses datagrams in its own way or not at all, and a sender.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network.h"
#include "workloads.h"

static const uint64_t millisecond = 1000000;

/// The one reader of this process.
static struct {
    int socket;
    /// Time that it spends on each datagram, and that it stays away.
    uint64_t work, pause;
} reader;

static void receive(int flags) {
    static char datagram[65536];
    if (recv(reader.socket, datagram, sizeof datagram, flags) < 0 && errno != EAGAIN) fail("recv");
}

static void *read_all(void *unused) {
    (void)unused;
    for (;;) receive(0);
}

static void *read_and_work(void *unused) {
    (void)unused;
    for (;;) {
        receive(0);
        rest(reader.work);
    }
}

/// An event tells that the queue has become longer, and one datagram is read: what came meanwhile
/// stays. Once the queue is full nothing makes it longer, and no event comes any more.
static void *read_one_per_edge(void *unused) {
    (void)unused;
    int set = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, reader.socket, &event) != 0) fail("epoll");
    for (;;) {
        if (epoll_wait(set, &event, 1, -1) != 1) continue;
        receive(MSG_DONTWAIT);  // the bug: once, not until EAGAIN
        rest(reader.work);
    }
}

/// Reads everything for twice as long as it then stays away.
static void *read_and_pause(void *unused) {
    (void)unused;
    for (;;) {
        uint64_t end = monotonic_nanoseconds() + 2 * reader.pause;
        while (monotonic_nanoseconds() < end) receive(0);
        rest(reader.pause);
    }
}

static const struct {
    const char *name;
    thread_body body;
    /// SO_RCVBUF to ask for, in bytes; the kernel doubles it. 104 KiB makes the usual default.
    long buffer;
} kinds[] = {
    {"healthy", read_all, 1024 * 1024},
    {"slow", read_and_work, 104 * 1024},
    {"stalled", read_one_per_edge, 104 * 1024},
    {"pauses", read_and_pause, 104 * 1024},
    {"small", read_and_work, 16 * 1024},
};

void udp(struct arguments *arguments) {
    const char *address = text_option(arguments, "--address", "127.0.0.1");
    const char *name = text_option(arguments, "--reader", "healthy");
    long port = option(arguments, "--port", 0, 65535, 0);
    long rate = option(arguments, "--rate", 1, 1000000, 1000);
    long pause = option(arguments, "--pause", 1, 60000, 500);
    long asked = option(arguments, "--buffer", 1, 1 << 30, 0);
    expect_count(arguments, 0, "udp --reader healthy|slow|stalled|pauses|small [--port P] "
        "[--address A] [--buffer BYTES] [--rate N] [--pause MILLISECONDS]");
    size_t kind = 0;
    while (kind < sizeof kinds / sizeof *kinds && strcmp(kinds[kind].name, name) != 0) kind++;
    if (kind == sizeof kinds / sizeof *kinds) refuse("there is no reader '%s'", name);

    struct sockaddr_in place = internet(address, port);
    reader.socket = bound_socket(SOCK_DGRAM, &place);
    reader.work = 1000 * millisecond / (uint64_t)rate;
    reader.pause = (uint64_t)pause * millisecond;
    int buffer = (int)(asked > 0 ? asked : kinds[kind].buffer);
    socklen_t size = sizeof buffer;
    if (setsockopt(reader.socket, SOL_SOCKET, SO_RCVBUF, &buffer, size) != 0
        || getsockopt(reader.socket, SOL_SOCKET, SO_RCVBUF, &buffer, &size) != 0)
        fail("SO_RCVBUF");
    pid_t tid = start_thread(name, kinds[kind].body, NULL);
    say("udp pid=%d thread=%d reader=%s port=%d fd=%d inode=%lu buffer_bytes=%d", getpid(), tid,
        name, ntohs(name_of(reader.socket).sin_port), reader.socket,
        (unsigned long)inode_of(reader.socket), buffer);
    run(arguments);
}

static struct {
    /// One for each port, connected to it.
    int sockets[16], ports;
    /// Datagrams a second to each port, how many of them at once, and the bytes of each.
    double rate;
    uint64_t burst;
    size_t size;
} sender;

/// Looks every millisecond how many are due: a late one is made up for by the next.
static void *send_on_time(void *unused) {
    (void)unused;
    static char datagram[65536];
    uint64_t begin = monotonic_nanoseconds(), sent = 0;
    for (;;) {
        double seconds = (double)(monotonic_nanoseconds() - begin) / 1e9;
        uint64_t due = (uint64_t)(seconds * sender.rate) / sender.burst * sender.burst;
        for (; sent < due; sent++)
            for (int i = 0; i < sender.ports; i++)
                // What cannot be sent is lost like anything else on the way.
                send(sender.sockets[i], datagram, sender.size, 0);
        rest(millisecond);
    }
}

void udpsend(struct arguments *arguments) {
    const char *address = text_option(arguments, "--address", "127.0.0.1");
    const char *ports = text_option(arguments, "--ports", "");
    const long most = 20000;
    long rate = option(arguments, "--rate", 1, most, 1000);
    sender.burst = (uint64_t)option(arguments, "--burst", 1, 10000, 1);
    sender.size = (size_t)option(arguments, "--size", 0, 65507, 300);
    expect_count(arguments, 0,
        "udpsend --ports P,P,... [--rate N] [--burst N] [--size BYTES] [--address A]");
    char *rest_of_list = strdup(ports);
    for (char *port; (port = strsep(&rest_of_list, ",")) != NULL; sender.ports++) {
        if (sender.ports == sizeof sender.sockets / sizeof *sender.sockets)
            refuse("too many ports");
        struct sockaddr_in to = internet(address, number(port, 1, 65535, "a port"));
        int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (made < 0) fail("socket");
        if (connect(made, (const struct sockaddr *)&to, sizeof to) != 0) fail("connect");
        sender.sockets[sender.ports] = made;
    }
    if (rate * sender.ports > most)
        refuse("at most %ld datagrams a second for all ports together", most);
    sender.rate = (double)rate;
    pid_t tid = start_thread("sender", send_on_time, NULL);
    say("udpsend pid=%d thread=%d ports=%d rate=%ld burst=%lu", getpid(), tid, sender.ports, rate,
        (unsigned long)sender.burst);
    run(arguments);
}
