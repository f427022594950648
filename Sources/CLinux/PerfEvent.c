#include "PerfEvent.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_perf_event_open(const struct clinux_perf_event *event, int thread, int cpu) {
    struct perf_event_attr attributes = {
        // Of Linux 3.7, with all that is used here: a kernel takes what is older than itself.
        .size = PERF_ATTR_SIZE_VER3,
        .type = event->type,
        .config = event->config,
        .sample_period = event->period,
        .freq = event->is_frequency,
        .sample_type = event->sample_type,
        .sample_regs_user = event->user_registers,
        .sample_stack_user = event->user_stack,
        .watermark = event->wakeup_bytes > 0,
        .wakeup_watermark = event->wakeup_bytes,
        .disabled = 1,
        .inherit = event->inherits,
        .exclude_kernel = event->excludes_kernel,
        .exclude_hv = 1,
        .exclude_idle = event->excludes_idle,
        .mmap = event->reports_mappings,
        .comm = event->reports_names,
    };
    int descriptor = syscall(
        SYS_perf_event_open, &attributes, thread, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    return descriptor;
}

int clinux_perf_event_enable(int descriptor) {
    return ioctl(descriptor, PERF_EVENT_IOC_ENABLE, 0);
}

int clinux_perf_event_share_ring(int descriptor, int other) {
    return ioctl(descriptor, PERF_EVENT_IOC_SET_OUTPUT, other);
}

int clinux_perf_event_filter(int descriptor, const char *filter) {
    return ioctl(descriptor, PERF_EVENT_IOC_SET_FILTER, filter);
}

unsigned long long clinux_perf_ring_head(const void *page) {
    const struct perf_event_mmap_page *ring = page;
    return __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE);
}

unsigned long long clinux_perf_ring_tail(const void *page) {
    // Only we write it.
    return ((const struct perf_event_mmap_page *)page)->data_tail;
}

void clinux_perf_ring_release(void *page, unsigned long long tail) {
    struct perf_event_mmap_page *ring = page;
    __atomic_store_n(&ring->data_tail, tail, __ATOMIC_RELEASE);
}
