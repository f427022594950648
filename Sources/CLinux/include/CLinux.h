/// What Swift cannot import from Linux's headers. Every shim says why it exists.
#ifndef CLINUX_H
#define CLINUX_H

#include <stdbool.h>
#include <stddef.h>

#include "PerfEvent.h"

/// getdents64(2): glibc's wrapper is not in the part of dirent.h that Swift imports, and readdir(3)
/// costs several times as much for a directory of thousands of tasks.
ptrdiff_t clinux_getdents64(int descriptor, void *buffer, size_t size);

/// Whether the open directory is of the kernel's procfs: sys/vfs.h and linux/magic.h are not
/// imported.
bool clinux_is_procfs(int descriptor);

/// A descriptor that poll(2) finds readable after a write: sys/eventfd.h is not imported.
/// -1 and errno on failure.
int clinux_eventfd(void);

/// Lets recv(2) on a socket wait for so many seconds at most: which module struct timeval is
/// imported from depends on what was imported first.
void clinux_limit_receive(int descriptor, int seconds);

/// Names the calling thread, 15 bytes at most, as top and dxtop show it: pthread_setname_np(3) is
/// not in the part of pthread.h that Swift imports.
void clinux_name_thread(const char *name);

/// Moves the calling thread into a network namespace: setns(2), which is not in the part of sched.h
/// that Swift imports. -1 and errno on failure.
int clinux_enter_network(int namespace_descriptor);

/// Writes the name of a system call of this machine's own ABI, and returns its length; 0 when
/// libseccomp does not know the number. The library returns a malloced string and its header is
/// made of macros.
size_t clinux_system_call_name(int number, char *buffer, size_t size);

#endif
