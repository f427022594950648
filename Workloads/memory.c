/// Memory that grows in known ways.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workloads.h"

static const size_t kibibyte = 1024;

struct buffers {
    long count;
    /// Bytes a second that all of them together take.
    double rate;
    /// Where each stops, in bytes, and how much of that is then given back: 0 to stay full.
    size_t cap, drop;
    char *start[64];
};

/// Fills all buffers evenly and on time: a late step is made up for by the next.
static void *fill(void *pointer) {
    struct buffers *buffers = pointer;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint64_t begin = monotonic_nanoseconds();
    size_t filled = 0;
    for (;;) {
        double seconds = (double)(monotonic_nanoseconds() - begin) / 1e9;
        size_t due = (size_t)(seconds * buffers->rate / (double)buffers->count);
        if (due > buffers->cap) due = buffers->cap;
        for (; filled < due; filled += page)
            for (long i = 0; i < buffers->count; i++) buffers->start[i][filled] = 1;
        if (filled >= buffers->cap && buffers->drop > 0) {
            filled = (filled - buffers->drop) / page * page;
            for (long i = 0; i < buffers->count; i++)
                madvise(buffers->start[i] + filled, buffers->cap - filled, MADV_DONTNEED);
            double taken = (double)filled * (double)buffers->count / buffers->rate;
            begin = monotonic_nanoseconds() - (uint64_t)(taken * 1e9);
        }
        rest(50000000);
    }
}

/// What GROW_CAP says, like a service's settings that do not stand on its command line; 0 for none.
static long configured_cap(void) {
    const char *text = getenv("GROW_CAP");
    return text == NULL ? 0 : number(text, 0, 1024, "GROW_CAP");
}

void grow(struct arguments *arguments) {
    static struct buffers buffers;
    const size_t size = 1024 * 1024 * kibibyte;
    buffers.count = option(arguments, "--buffers", 1, 64, 4);
    buffers.rate = (double)option(arguments, "--rate", 1, 1048576, 2048) * (double)kibibyte;
    long cap = option(arguments, "--cap", 0, 1024, configured_cap());
    long drop = option(arguments, "--drop", 0, 100, 0);
    expect_count(arguments, 0, "grow [--buffers N] [--rate KIB] [--cap MIB] [--drop PERCENT]");
    buffers.cap = cap > 0 ? (size_t)cap * 1024 * kibibyte : size;
    buffers.drop = buffers.cap / 100 * (size_t)drop;
    for (long i = 0; i < buffers.count; i++) {
        // Addresses only: a page is taken when it is written to. Two protections between them, or
        // the kernel would make one mapping of all.
        char *place = mmap(NULL, size + 4 * kibibyte, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (place == MAP_FAILED) fail("mmap");
        if (mprotect(place, size, PROT_READ | PROT_WRITE) != 0) fail("mprotect");
        // Huge pages would come in steps of 2 MiB.
        madvise(place, size, MADV_NOHUGEPAGE);
        buffers.start[i] = place;
    }
    pid_t tid = start_thread("filler", fill, &buffers);
    say("grow pid=%d filler=%d buffers=%ld cap_bytes=%zu", getpid(), tid, buffers.count,
        buffers.cap * (size_t)buffers.count);
    run(arguments);
}

void mappings(struct arguments *arguments) {
    long touched = option(arguments, "--touch", 0, 65536, 0);
    expect_count(arguments, 1, "mappings N [--touch MIB]");
    long count = number(arguments->values[0], 1, 65000, "N");
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    // Every second page has another protection, so that each is a mapping of its own.
    char *pages = mmap(NULL, (size_t)count * page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) fail("mmap");
    for (long i = 0; i < count; i++) {
        pages[(size_t)i * page] = 1;
        if (i % 2 == 1 && mprotect(pages + (size_t)i * page, page, PROT_READ) != 0)
            fail("mprotect");
    }
    if (touched > 0) {
        size_t bytes = (size_t)touched * 1024 * kibibyte;
        char *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (block == MAP_FAILED) fail("mmap");
        madvise(block, bytes, MADV_NOHUGEPAGE);
        for (size_t i = 0; i < bytes; i += page) block[i] = 1;
    }
    say("mappings pid=%d mappings=%ld touched_bytes=%zu", getpid(), count,
        (size_t)touched * 1024 * kibibyte);
    run(arguments);
}
