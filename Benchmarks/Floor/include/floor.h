/// What every reader of /proc has to pay: nothing is done with what is read.
#ifndef FLOOR_H
#define FLOOR_H

#include <stddef.h>
#include <sys/types.h>

/// Opens, reads and closes `PID/task/TID/stat` below the directory. The bytes read, 0 when the
/// thread has ended.
size_t floor_read(int proc, pid_t process, pid_t thread, char *buffer, size_t size);

/// `floor_read` for each of these threads. The bytes read in all.
size_t floor_read_all(int proc, pid_t process, const pid_t *threads, size_t count);

#endif
