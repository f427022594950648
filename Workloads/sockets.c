/// Sockets: many of them, and TCP connections in the states that tell of a fault.

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network.h"
#include "workloads.h"

static const uint64_t second = 1000000000;

static int listen_on(const struct sockaddr_in *address, int backlog) {
    int made = bound_socket(SOCK_STREAM, address);
    if (listen(made, backlog) != 0) fail("listen");
    return made;
}

/// A client of the listener; with SOCK_NONBLOCK it may not be connected yet.
static int connect_to(int listener, int flags) {
    struct sockaddr_in address = name_of(listener);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (client < 0) fail("socket");
    if (connect(client, (const struct sockaddr *)&address, sizeof address) != 0
        && errno != EINPROGRESS)
        fail("connect");
    return client;
}

static int accept_from(int listener) {
    int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (accepted < 0) fail("accept");
    return accepted;
}

/// Opens sockets that stay open. Each process has an address of its own, and with it all ports.
static void open_sockets(const char *kind, long count, long process) {
    struct sockaddr_in address = internet("127.0.1.0", 0);
    address.sin_addr.s_addr = htonl(ntohl(address.sin_addr.s_addr) + 1 + (uint32_t)process);
    if (strcmp(kind, "udp") == 0) {
        for (long i = 0; i < count; i++) bound_socket(SOCK_DGRAM, &address);
    } else if (strcmp(kind, "unix") == 0) {
        int pair[2];
        for (long i = 0; i < count; i += 2)
            if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) fail("socketpair");
    } else {
        int door = listen_on(&address, 16);
        for (long i = 0; i < count; i += 2) {
            connect_to(door, 0);
            accept_from(door);
        }
        close(door);
    }
}

void sockets(struct arguments *arguments) {
    const char *kind = text_option(arguments, "--kind", "tcp");
    bool apart = flag(arguments, "--netns");
    expect_count(arguments, 1, "sockets N [--kind tcp|udp|unix] [--netns]");
    long count = number(arguments->values[0], 0, 1000000, "N");
    if (strcmp(kind, "tcp") != 0 && strcmp(kind, "udp") != 0 && strcmp(kind, "unix") != 0)
        refuse("the kind is tcp, udp or unix, not '%s'", kind);
    if (apart) enter_own_network();

    // Room for what else is open; fewer than an address has ports; and even, for pairs.
    long share = raise_file_limit() - 32;
    share = share < 20000 ? share & ~1L : 20000;
    int ready[2];
    if (pipe(ready) != 0) fail("pipe");
    long processes = 0;
    for (long left = count; left > 0; left -= share, processes++) {
        pid_t child = fork();
        if (child < 0) fail("fork");
        if (child > 0) continue;
        open_sockets(kind, left < share ? left : share, processes);
        if (write(ready[1], "", 1) != 1) fail("write");
        close(ready[1]);
        run(arguments);
    }
    close(ready[1]);
    char byte;
    for (long i = 0; i < processes; i++)
        if (read(ready[0], &byte, 1) != 1) refuse("a process could not open its sockets");
    say("sockets pid=%d kind=%s sockets=%ld processes=%ld", getpid(), kind, count, processes);
    run(arguments);
}

static struct {
    int listener;
    long count, rate;
} plan;

/// Clients connect and close; the accepted ends stay open.
static void *neglect(void *unused) {
    (void)unused;
    for (long i = 0; i < plan.count; i++) {
        close(connect_to(plan.listener, 0));
        accept_from(plan.listener);
        if (plan.rate > 0) rest(second / (uint64_t)plan.rate);
    }
    return wait_forever(NULL);
}

void closewait(struct arguments *arguments) {
    plan.rate = option(arguments, "--rate", 1, 10000, 0);
    expect_count(arguments, 1, "closewait N [--rate R]");
    plan.count = number(arguments->values[0], 1, raise_file_limit() - 32, "N");
    struct sockaddr_in address = internet("127.0.0.1", 0);
    plan.listener = listen_on(&address, 16);
    pid_t tid = start_thread("neglect", neglect, NULL);
    say("closewait pid=%d thread=%d port=%d count=%ld", getpid(), tid,
        ntohs(name_of(plan.listener).sin_port), plan.count);
    run(arguments);
}

/// Clients that do not wait longer than a second for the accept queue: then they try anew.
static void *knock(void *unused) {
    (void)unused;
    int clients[1024];
    for (long i = 0; i < plan.count; i++) clients[i] = connect_to(plan.listener, SOCK_NONBLOCK);
    for (;;) {
        rest(second);
        for (long i = 0; i < plan.count; i++) {
            struct sockaddr_in peer;
            socklen_t size = sizeof peer;
            if (getpeername(clients[i], (struct sockaddr *)&peer, &size) == 0) continue;
            close(clients[i]);
            clients[i] = connect_to(plan.listener, SOCK_NONBLOCK);
        }
    }
}

void listener(struct arguments *arguments) {
    long backlog = option(arguments, "--backlog", 0, 4096, 8);
    plan.count = option(arguments, "--clients", 0, 1024, 32);
    expect_count(arguments, 0, "listener [--backlog B] [--clients N]");
    struct sockaddr_in address = internet("127.0.0.1", 0);
    plan.listener = listen_on(&address, (int)backlog);
    pid_t tid = start_thread("clients", knock, NULL);
    say("listener pid=%d thread=%d port=%d backlog=%ld clients=%ld inode=%lu", getpid(), tid,
        ntohs(name_of(plan.listener).sin_port), backlog, plan.count,
        (unsigned long)inode_of(plan.listener));
    run(arguments);
}

static void *write_on(void *socket) {
    static const char block[16384];
    while (send(*(const int *)socket, block, sizeof block, 0) > 0) {}
    fail("send");
}

/// A reader that is slower than the writer, and reads all the time.
static void *read_slowly(void *socket) {
    static char block[8192];
    while (recv(*(const int *)socket, block, sizeof block, 0) > 0) rest(second / 100);
    return wait_forever(NULL);
}

void tcpstall(struct arguments *arguments) {
    bool slow = flag(arguments, "--slow");
    expect_count(arguments, 0, "tcpstall [--slow]");
    struct sockaddr_in address = internet("127.0.0.1", 0);
    int door = listen_on(&address, 1);
    static int client;
    client = connect_to(door, 0);
    static int unread;
    unread = accept_from(door);
    pid_t reader = start_thread("reader", slow ? read_slowly : wait_forever, &unread);
    pid_t writer = start_thread("writer", write_on, &client);
    say("tcpstall pid=%d reader=%d writer=%d port=%d inode=%lu", getpid(), reader, writer,
        ntohs(name_of(door).sin_port), (unsigned long)inode_of(unread));
    run(arguments);
}
