#include "CLinux.h"

#include <linux/magic.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <unistd.h>

ptrdiff_t clinux_getdents64(int descriptor, void *buffer, size_t size) {
    return syscall(SYS_getdents64, descriptor, buffer, size);
}

bool clinux_is_procfs(int descriptor) {
    struct statfs file_system;
    return fstatfs(descriptor, &file_system) == 0 && file_system.f_type == PROC_SUPER_MAGIC;
}

int clinux_eventfd(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

void clinux_limit_receive(int descriptor, int seconds) {
    struct timeval limit = {.tv_sec = seconds};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void clinux_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}

int clinux_enter_network(int namespace_descriptor) {
    return setns(namespace_descriptor, CLONE_NEWNET);
}

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
