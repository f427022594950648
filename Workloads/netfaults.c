/// Faults of networks: floods, losses, ports that are used up, and readers that share a port. Those
/// that send raw packets need root; some belong into a network namespace of their own.

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network.h"
#include "workloads.h"

static const uint64_t second = 1000000000;

static struct {
    struct sockaddr_in target;
    int socket;
    long rate, share;
} plan;

static int raw_socket(int family, int protocol) {
    int made = socket(family, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (made < 0) fail("socket(SOCK_RAW)");
    return made;
}

/// Sends from one thread, `plan.rate` a second, in steps of 10 ms.
static void *send_paced(void (*one)(long)) {
    uint64_t begin = monotonic_nanoseconds();
    for (long sent = 0;; rest(second / 100)) {
        uint64_t due = (monotonic_nanoseconds() - begin) * (uint64_t)plan.rate / second;
        while ((uint64_t)sent < due) one(sent++);
    }
}

static uint16_t checksum(const void *data, size_t size, uint32_t sum) {
    const uint16_t *words = data;
    for (size_t i = 0; i < size / 2; i++) sum += words[i];
    while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)~sum;
}

/// A SYN from an address that never answers: 10.x needs a route that leads nowhere.
static void send_syn(long number) {
    struct {
        struct iphdr ip;
        struct tcphdr tcp;
    } packet = {
        .ip = {.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP,
               .saddr = htonl(0x0A000001 + (uint32_t)(number % 250)),
               .daddr = plan.target.sin_addr.s_addr},
        .tcp = {.source = htons((in_port_t)(1024 + number % 60000)), .dest = plan.target.sin_port,
                .seq = (uint32_t)number, .doff = 5, .syn = 1, .window = htons(65535)},
    };
    struct {
        uint32_t from, to;
        uint16_t protocol, size;
    } head = {packet.ip.saddr, packet.ip.daddr, htons(IPPROTO_TCP), htons(sizeof packet.tcp)};
    packet.tcp.check =
        checksum(&packet.tcp, sizeof packet.tcp, (uint16_t)~checksum(&head, sizeof head, 0));
    sendto(plan.socket, &packet, sizeof packet, 0, (struct sockaddr *)&plan.target,
           sizeof plan.target);
}

static void *flood(void *unused) {
    (void)unused;
    return send_paced(send_syn);
}

void synflood(struct arguments *arguments) {
    plan.rate = option(arguments, "--rate", 1, 100000, 200);
    long backlog = option(arguments, "--backlog", 1, 65535, 64);
    expect_count(arguments, 0, "synflood [--rate N] [--backlog B]");
    struct sockaddr_in any = internet("127.0.0.1", 0);
    int door = bound_socket(SOCK_STREAM, &any);
    if (listen(door, (int)backlog) != 0) fail("listen");
    plan.target = name_of(door);
    plan.socket = raw_socket(AF_INET, IPPROTO_RAW);
    start_thread("flood", flood, NULL);
    say("synflood pid=%d port=%d backlog=%ld", getpid(), ntohs(plan.target.sin_port), backlog);
    run(arguments);
}

/// A datagram of which one bit is wrong.
static void send_damaged(long number) {
    struct {
        struct udphdr udp;
        char text[32];
    } packet = {{.source = htons(9), .dest = plan.target.sin_port, .len = htons(sizeof packet),
                 .check = htons(0x1234)},
                "damaged"};
    packet.text[31] = (char)number;
    sendto(plan.socket, &packet, sizeof packet, 0, (struct sockaddr *)&plan.target,
           sizeof plan.target);
}

static void *damage(void *unused) {
    (void)unused;
    return send_paced(send_damaged);
}

static void *read_on(void *socket) {
    static char block[65536];
    while (recv(*(const int *)socket, block, sizeof block, 0) >= 0) {}
    return wait_forever(NULL);
}

void damaged(struct arguments *arguments) {
    plan.rate = option(arguments, "--rate", 1, 100000, 200);
    expect_count(arguments, 0, "damaged [--rate N]");
    struct sockaddr_in any = internet("127.0.0.1", 0);
    static int reader;
    reader = bound_socket(SOCK_DGRAM, &any);
    plan.target = name_of(reader);
    plan.socket = raw_socket(AF_INET, IPPROTO_UDP);
    start_thread("reader", read_on, &reader);
    start_thread("damage", damage, NULL);
    say("damaged pid=%d port=%d", getpid(), ntohs(plan.target.sin_port));
    run(arguments);
}

static struct sockaddr_ll link_target = {.sll_family = AF_PACKET, .sll_halen = ETH_ALEN};

/// A frame of an EtherType for experiments, which no protocol takes.
static void send_frame(long number) {
    struct {
        struct ether_header head;
        char text[64];
    } frame = {.head = {.ether_type = htons(0x88B5)}};
    memset(frame.head.ether_dhost, 0xFF, ETH_ALEN);
    frame.text[0] = (char)number;
    sendto(plan.socket, &frame, sizeof frame, 0, (struct sockaddr *)&link_target,
           sizeof link_target);
}

static void *send_frames(void *unused) {
    (void)unused;
    return send_paced(send_frame);
}

void frames(struct arguments *arguments) {
    plan.rate = option(arguments, "--rate", 1, 1000000, 500);
    expect_count(arguments, 1, "frames INTERFACE [--rate N]");
    link_target.sll_ifindex = (int)if_nametoindex(arguments->values[0]);
    if (link_target.sll_ifindex == 0) refuse("no interface '%s'", arguments->values[0]);
    plan.socket = raw_socket(AF_PACKET, 0);
    start_thread("frames", send_frames, NULL);
    say("frames pid=%d", getpid());
    run(arguments);
}

static void *write_all(void *socket) {
    static char block[65536];
    while (send(*(const int *)socket, block, sizeof block, 0) > 0) {}
    fail("send");
}

/// A reader whose socket throws away so many percent of all segments: the sender sends them again.
void tcploss(struct arguments *arguments) {
    long percent = option(arguments, "--percent", 0, 90, 5);
    expect_count(arguments, 0, "tcploss [--percent P]");
    struct sockaddr_in any = internet("127.0.0.1", 0);
    int door = bound_socket(SOCK_STREAM, &any);
    if (listen(door, 1) != 0) fail("listen");
    any = name_of(door);
    static int client, reader;
    client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client, (struct sockaddr *)&any, sizeof any) != 0) fail("connect");
    reader = accept4(door, NULL, NULL, SOCK_CLOEXEC);
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_RANDOM)),
        BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 100),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)percent, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    struct sock_fprog filter = {sizeof code / sizeof *code, code};
    if (setsockopt(reader, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0)
        fail("SO_ATTACH_FILTER");
    // Small segments, so that there are enough to count.
    int size = 1000;
    setsockopt(client, IPPROTO_TCP, TCP_MAXSEG, &size, sizeof size);
    start_thread("reader", read_on, &reader);
    start_thread("writer", write_all, &client);
    say("tcploss pid=%d port=%d percent=%ld", getpid(), ntohs(any.sin_port), percent);
    run(arguments);
}

/// Connects to one listener until so many percent of the ephemeral ports are in use.
void ports(struct arguments *arguments) {
    long percent = option(arguments, "--percent", 1, 100, 100);
    expect_count(arguments, 0, "ports [--percent P]");
    long first = 0, last = 0;
    FILE *range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");
    if (!range || fscanf(range, "%ld %ld", &first, &last) != 2) fail("ip_local_port_range");
    fclose(range);
    long limit = raise_file_limit();
    struct sockaddr_in address = internet("127.0.0.1", 7999);
    int door = bound_socket(SOCK_STREAM, &address);
    if (listen(door, 1024) != 0) fail("listen");
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (accept4(door, NULL, NULL, SOCK_CLOEXEC) >= 0) {}
        run(arguments);
    }
    close(door);
    long wanted = (last - first + 1) * percent / 100, count = 0;
    if (wanted > limit - 32) refuse("only %ld files may be open, not %ld", limit, wanted);
    for (; count < wanted; count++) {
        int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(client, (struct sockaddr *)&address, sizeof address) != 0) {
            if (errno != EADDRNOTAVAIL) fail("connect");
            break;
        }
    }
    say("ports pid=%d connections=%ld of %ld", getpid(), count, last - first + 1);
    run(arguments);
}

/// Reads one datagram after the other, and works a millisecond for each.
static void *work_on(void *socket) {
    char block[2048];
    while (recv(*(const int *)socket, block, sizeof block, 0) >= 0) burn(second / 2000);
    return wait_forever(NULL);
}

static int *senders;

static void send_to_group(long number) {
    static char block[300];
    sendto(senders[number % plan.share], block, sizeof block, 0, (struct sockaddr *)&plan.target,
           sizeof plan.target);
}

static void *send_group(void *unused) {
    (void)unused;
    return send_paced(send_to_group);
}

/// Processes that share a port, each half a millisecond a datagram; --flows says from how many ports
/// the datagrams come: from one, one process gets all.
void reuseport(struct arguments *arguments) {
    plan.share = option(arguments, "--flows", 1, 1024, 1);
    plan.rate = option(arguments, "--rate", 1, 100000, 4000);
    expect_count(arguments, 1, "reuseport N [--flows F] [--rate R]");
    long count = number(arguments->values[0], 1, 64, "N");
    plan.target = internet("127.0.0.1", 7998);
    for (long i = 0; i < count; i++) {
        static int reader;
        reader = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int on = 1;
        setsockopt(reader, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        if (bind(reader, (struct sockaddr *)&plan.target, sizeof plan.target) != 0) fail("bind");
        pid_t child = fork();
        if (child < 0) fail("fork");
        if (child == 0) {
            start_thread("reader", work_on, &reader);
            run(arguments);
        }
        close(reader);
    }
    struct sockaddr_in any = internet("127.0.0.1", 0);
    senders = calloc((size_t)plan.share, sizeof *senders);
    for (long i = 0; i < plan.share; i++) senders[i] = bound_socket(SOCK_DGRAM, &any);
    start_thread("sender", send_group, NULL);
    say("reuseport pid=%d readers=%ld flows=%ld", getpid(), count, plan.share);
    run(arguments);
}

static void send_large(long number) {
    static char block[60000];
    (void)number;
    sendto(senders[0], block, sizeof block, MSG_DONTWAIT, (struct sockaddr *)&plan.target,
           sizeof plan.target);
}

static void *fill(void *unused) {
    (void)unused;
    return send_paced(send_large);
}

/// A socket with a buffer of so many MiB that nobody reads, and that fills up.
void udphog(struct arguments *arguments) {
    long size = option(arguments, "--mib", 1, 1023, 64);
    plan.rate = option(arguments, "--rate", 1, 100000, 1000);
    expect_count(arguments, 0, "udphog [--mib M] [--rate N]");
    struct sockaddr_in any = internet("127.0.0.1", 0);
    int unread = bound_socket(SOCK_DGRAM, &any);
    int bytes = (int)(size << 20);
    if (setsockopt(unread, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
        fail("SO_RCVBUFFORCE");
    plan.target = name_of(unread);
    senders = calloc(1, sizeof *senders);
    *senders = bound_socket(SOCK_DGRAM, &any);
    start_thread("fill", fill, NULL);
    say("udphog pid=%d port=%d", getpid(), ntohs(plan.target.sin_port));
    run(arguments);
}
