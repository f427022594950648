#include "network.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

struct sockaddr_in internet(const char *address, long port) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1)
        refuse("'%s' is no IPv4 address", address);
    return name;
}

int bound_socket(int type, const struct sockaddr_in *address) {
    int made = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (made < 0) fail("socket");
    if (bind(made, (const struct sockaddr *)address, sizeof *address) != 0) fail("bind");
    return made;
}

struct sockaddr_in name_of(int socket) {
    struct sockaddr_in name;
    socklen_t size = sizeof name;
    if (getsockname(socket, (struct sockaddr *)&name, &size) != 0) fail("getsockname");
    return name;
}

ino_t inode_of(int file) {
    struct stat status;
    if (fstat(file, &status) != 0) fail("fstat");
    return status.st_ino;
}

long raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) fail("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) fail("setrlimit");
    return limit.rlim_max > INT32_MAX ? INT32_MAX : (long)limit.rlim_max;
}

void enter_own_network(void) {
    if (unshare(CLONE_NEWNET) != 0) fail("unshare");
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (any < 0) fail("socket");
    struct ifreq interface = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    if (ioctl(any, SIOCSIFFLAGS, &interface) != 0) fail("SIOCSIFFLAGS");
    close(any);
}
