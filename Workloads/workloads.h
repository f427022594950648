/// The workloads. Each starts its threads or processes, says one line, and runs until it is told.
#ifndef WORKLOADS_H
#define WORKLOADS_H

#include "support.h"

_Noreturn void spin(struct arguments *);
_Noreturn void idle(struct arguments *);
_Noreturn void forkstorm(struct arguments *);
_Noreturn void zombies(struct arguments *);
_Noreturn void threadstorm(struct arguments *);
_Noreturn void brief(struct arguments *);
_Noreturn void names(struct arguments *);
_Noreturn void calls(struct arguments *);
_Noreturn void syscalls(struct arguments *);
_Noreturn void starve(struct arguments *);
_Noreturn void convoy(struct arguments *);
_Noreturn void pool(struct arguments *);
_Noreturn void stall(struct arguments *);
_Noreturn void switcher(struct arguments *);
_Noreturn void grow(struct arguments *);
_Noreturn void fdleak(struct arguments *);
_Noreturn void threadleak(struct arguments *);
_Noreturn void mappings(struct arguments *);
_Noreturn void udp(struct arguments *);
_Noreturn void udpsend(struct arguments *);
_Noreturn void sockets(struct arguments *);
_Noreturn void closewait(struct arguments *);
_Noreturn void listener(struct arguments *);
_Noreturn void tcpstall(struct arguments *);
_Noreturn void synflood(struct arguments *);
_Noreturn void damaged(struct arguments *);
_Noreturn void frames(struct arguments *);
_Noreturn void tcploss(struct arguments *);
_Noreturn void ports(struct arguments *);
_Noreturn void reuseport(struct arguments *);
_Noreturn void udphog(struct arguments *);
_Noreturn void waits(struct arguments *);
_Noreturn void headless(struct arguments *);
_Noreturn void unmoved(struct arguments *);
_Noreturn void serial(struct arguments *);
_Noreturn void deadlock(struct arguments *);
_Noreturn void inversion(struct arguments *);
_Noreturn void spinlocks(struct arguments *);
_Noreturn void shared(struct arguments *);
_Noreturn void realtime(struct arguments *);
_Noreturn void wakeups(struct arguments *);
_Noreturn void signals(struct arguments *);
_Noreturn void heartbeat(struct arguments *);

#endif
