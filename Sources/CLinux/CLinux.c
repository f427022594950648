#include "CLinux.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/vfs.h>
#include <unistd.h>

// See Scripts/static/parts.c.
extern const char clinux_commit[] __attribute__((weak));

const char *clinux_static_commit(void) { return clinux_commit; }

ptrdiff_t clinux_getdents64(int descriptor, void *buffer, size_t size) {
    return syscall(SYS_getdents64, descriptor, buffer, size);
}

bool clinux_lock_memory(void) {
    // Without the right, and within a limit, all would go well until the limit is met: from then on
    // no memory could be mapped. With a limit of nothing, only the right counts.
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return false;
    struct rlimit nothing = {.rlim_cur = 0, .rlim_max = limit.rlim_max};
    if (setrlimit(RLIMIT_MEMLOCK, &nothing) != 0) return false;
    int result = mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
    int error = errno;
    setrlimit(RLIMIT_MEMLOCK, &limit);
    errno = error;
    return result == 0;
}

uint64_t clinux_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    if (syscall(SYS_capget, &header, data) != 0) return 0;
    return (uint64_t)data[1].effective << 32 | data[0].effective;
}

bool clinux_has_system_call_filter(void) { return prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER; }

void clinux_map_large_blocks(void) { mallopt(M_MMAP_THRESHOLD, 4 << 20); }

void clinux_give_back_memory(void) { malloc_trim(0); }

void clinux_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

bool clinux_is_procfs(int descriptor) {
    struct statfs file_system;
    return fstatfs(descriptor, &file_system) == 0 && file_system.f_type == PROC_SUPER_MAGIC;
}

bool clinux_file_status(const char *path, int descriptor, struct clinux_file *file) {
    struct stat status;
    if ((path != NULL ? stat(path, &status) : fstat(descriptor, &status)) != 0) {
        return false;
    }
    *file = (struct clinux_file){
        .device = status.st_dev,
        .inode = status.st_ino,
        .changed = (uint64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec,
        .size = status.st_size,
        .owner = status.st_uid,
        .is_regular = S_ISREG(status.st_mode),
    };
    return true;
}

int clinux_open_place(const char *root, const char *path) {
    if (root == NULL) {
        return open(path, O_PATH | O_CLOEXEC);
    }
    int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return -1;
    }
    struct open_how how = {
        .flags = O_PATH | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    int place = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (place < 0 && errno == ENOSYS) {
        while (*path == '/') {
            path++;
        }
        place = openat(folder, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    }
    int error = errno;
    close(folder);
    errno = error;
    return place;
}

bool clinux_is_of_kernel(int descriptor) {
    struct statfs file_system;
    if (fstatfs(descriptor, &file_system) != 0) {
        return true;
    }
    switch (file_system.f_type) {
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case TRACEFS_MAGIC:
    case DEBUGFS_MAGIC: return true;
    default: return false;
    }
}

int clinux_eventfd(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

void clinux_limit_receive(int descriptor, int seconds) {
    struct timeval limit = {.tv_sec = seconds};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

int clinux_own_thread(void) { return gettid(); }

void clinux_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}

int clinux_enter_network(int namespace_descriptor) {
    return setns(namespace_descriptor, CLONE_NEWNET);
}

bool clinux_mount(const char *type, const char *folder) {
    return mount(type, folder, type, MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}

bool clinux_unmount(const char *folder) {
    return umount2(folder, UMOUNT_NOFOLLOW) == 0;
}

const char *clinux_error_name(int number) { return strerrorname_np(number); }

size_t clinux_system_call_name(int number, char *buffer, size_t size) {
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
    if (name == NULL) {
        return 0;
    }
    size_t length = strnlen(name, size);
    memcpy(buffer, name, length);
    free(name);
    return length;
}

int clinux_seize(int thread) {
    return (int)ptrace(PTRACE_SEIZE, thread, NULL, NULL);
}

int clinux_interrupt(int thread) {
    return (int)ptrace(PTRACE_INTERRUPT, thread, NULL, NULL);
}

int clinux_let_go(int thread, int signal) {
    return (int)ptrace(PTRACE_DETACH, thread, NULL, (void *)(long)signal);
}

int clinux_user_registers(int thread, unsigned long long *values) {
#ifdef __x86_64__
    struct user_regs_struct set;
    struct iovec place = {.iov_base = &set, .iov_len = sizeof set};
    if (ptrace(PTRACE_GETREGSET, thread, (void *)NT_PRSTATUS, &place) != 0) {
        return -1;
    }
    if (place.iov_len != sizeof set) {
        errno = ENOTSUP;
        return -1;
    }
    const unsigned long long ordered[] = {
        set.rax, set.rdx, set.rcx, set.rbx, set.rsi, set.rdi, set.rbp, set.rsp, set.r8,
        set.r9,  set.r10, set.r11, set.r12, set.r13, set.r14, set.r15, set.rip};
    memcpy(values, ordered, sizeof ordered);
    return 0;
#else
    (void)thread, (void)values;
    errno = ENOTSUP;
    return -1;
#endif
}
