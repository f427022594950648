/// What the workloads with sockets share.
#ifndef NETWORK_H
#define NETWORK_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

/// An address by its text; port 0 lets the kernel choose.
struct sockaddr_in internet(const char *address, long port);

/// A socket of this type that is bound to the address.
int bound_socket(int type, const struct sockaddr_in *address);

/// Where a socket is bound.
struct sockaddr_in name_of(int socket);

/// The number of a socket by which /proc/PID/fd and ss(8) name it.
ino_t inode_of(int file);

/// As many open files as there may be; returns how many.
long raise_file_limit(void);

/// Moves the process into a network namespace of its own, whose loopback interface is up.
void enter_own_network(void);

#endif
