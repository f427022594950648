/// What Swift cannot import from Linux's headers. Every shim says why it exists.
#ifndef CLINUX_H
#define CLINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CallCounter.h"
#include "CallTracer.h"
#include "PerfEvent.h"
#include "TaskIterator.h"

/// getdents64(2): glibc's wrapper is not in the part of dirent.h that Swift imports, and readdir(3)
/// costs several times as much for a directory of thousands of tasks.
ptrdiff_t clinux_getdents64(int descriptor, void *buffer, size_t size);

/// Whether the open directory is of the kernel's procfs: sys/vfs.h and linux/magic.h are not
/// imported.
bool clinux_is_procfs(int descriptor);

/// What the static file was built from, which the linker adds: a symbol that may be missing has no
/// counterpart in Swift. NULL in every other build.
const char *clinux_static_commit(void);

/// Keeps what this process uses of memory from being paged out, as it comes to use it: mlockall(2),
/// whose flags are macros and which counts against a limit that has to be told from a right. False and
/// errno on failure: EPERM without CAP_IPC_LOCK, EINVAL before Linux 4.4.
bool clinux_lock_memory(void);

/// The effective capabilities of the calling thread, a bit for each: capget(2), which needs no file.
uint64_t clinux_capabilities(void);

/// Whether a seccomp filter is on, as in most containers: PR_GET_SECCOMP of prctl(2).
bool clinux_has_system_call_filter(void);

/// Has blocks of more than 4 MiB mapped, and so given back as soon as they are freed: left alone,
/// malloc(3) gets used to large blocks, and keeps up to 64 MiB of each arena for the next.
/// mallopt(3) and, of the same malloc.h that is not imported, malloc_trim(3), for the smaller ones.
void clinux_map_large_blocks(void);
void clinux_give_back_memory(void);

/// Raises the limit on descriptors to the most that may be had: the constants of setrlimit(2) are of
/// a type that depends on macros.
void clinux_raise_descriptor_limit(void);

/// What tells two states of all files apart.
struct clinux_file {
    uint64_t device, inode;
    /// Of the last change, in nanoseconds since 1970.
    uint64_t changed;
    uint64_t size;
    /// Whose it is; a number of ours, not of another user namespace.
    uint32_t owner;
    bool is_regular;
};

/// stat(2) of a path, or of a descriptor where that is NULL: which module the fields of its struct
/// timespec are imported from depends on what was imported first. False and errno on failure.
bool clinux_file_status(const char *path, int descriptor, struct clinux_file *file);

/// Finds a file and opens it for no use but to ask what it is, so that nothing happens to devices and
/// FIFOs: O_PATH of open(2). With a `root`, the path is one of a process that has this root, and no
/// link leads out of there: openat2(2), which has no wrapper; before Linux 5.6 a path that ends with
/// a link leads to that link. Without, links of procfs are followed. -1 and errno on failure.
int clinux_open_place(const char *root, const char *path);

/// Whether the file is one that the kernel makes up: of procfs, sysfs, tracefs or debugfs.
bool clinux_is_of_kernel(int descriptor);

/// A descriptor that poll(2) finds readable after a write: sys/eventfd.h is not imported.
/// -1 and errno on failure.
int clinux_eventfd(void);

/// Lets recv(2) on a socket wait for so many seconds at most: which module struct timeval is
/// imported from depends on what was imported first.
void clinux_limit_receive(int descriptor, int seconds);

/// The number of the calling thread: gettid(2), which is not in the part of unistd.h that Swift
/// imports.
int clinux_own_thread(void);

/// Names the calling thread, 15 bytes at most, as top and dxtop show it: pthread_setname_np(3) is
/// not in the part of pthread.h that Swift imports.
void clinux_name_thread(const char *name);

/// Moves the calling thread into a network namespace: setns(2), which is not in the part of sched.h
/// that Swift imports. -1 and errno on failure.
int clinux_enter_network(int namespace_descriptor);

/// Mounts a file system of the kernel's, and takes it away again: sys/mount.h is not imported.
/// False and errno on failure.
bool clinux_mount(const char *type, const char *folder);
bool clinux_unmount(const char *folder);

/// "EAGAIN" for its number; NULL for a number without a name. strerrorname_np(3) is not imported.
const char *clinux_error_name(int number);

/// Writes the name of a system call of this machine's own ABI, and returns its length; 0 when
/// libseccomp does not know the number. The library returns a malloced string and its header is
/// made of macros.
size_t clinux_system_call_name(int number, char *buffer, size_t size);

/// Makes the calling thread the tracer of a thread, which runs on; nothing happens to it when the
/// tracer dies. PTRACE_SEIZE of ptrace(2), which is variadic. -1 and errno on failure.
int clinux_seize(int thread);

/// Asks a seized thread to stop: PTRACE_INTERRUPT. -1 and errno on failure.
int clinux_interrupt(int thread);

/// Lets a stopped thread run on, untraced, with this signal delivered to it unless it is 0:
/// PTRACE_DETACH. -1 and errno on failure.
int clinux_let_go(int thread, int signal);

/// The registers of a stopped thread in the order of their DWARF numbers, the instruction pointer
/// as the last of 17: PTRACE_GETREGSET, whose structures are not imported. -1 and errno on failure;
/// ENOTSUP for a program of another width, and on machines other than x86-64.
int clinux_user_registers(int thread, unsigned long long *values);

#endif
