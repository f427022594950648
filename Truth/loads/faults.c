// Maps, touches and unmaps the same 64 MiB again and again.

#include <sys/mman.h>

int main(void) {
    const long size = 64 << 20, page = 4096;
    for (;;) {
        char *bytes = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (bytes == MAP_FAILED) return 1;
        madvise(bytes, size, MADV_NOHUGEPAGE);
        for (long at = 0; at < size; at += page) bytes[at] = 1;
        munmap(bytes, size);
    }
}
