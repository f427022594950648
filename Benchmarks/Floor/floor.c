#include "floor.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

size_t floor_read(int proc, pid_t process, pid_t thread, char *buffer, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "%d/task/%d/stat", process, thread);
    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t count = read(file, buffer, size);
    close(file);
    return count < 0 ? 0 : (size_t)count;
}

size_t floor_read_all(int proc, pid_t process, const pid_t *threads, size_t count) {
    char buffer[4096];
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += floor_read(proc, process, threads[i], buffer, sizeof buffer);
    return total;
}
