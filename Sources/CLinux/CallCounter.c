/// Counts system calls where they happen: two programs of some thirty instructions each, which the
/// kernel checks, compiles and runs at the tracepoints of entry and return; bpf(2). No record has to
/// be written and read for each call, so that the target is hardly slowed and nothing is lost, and
/// threads that begin later are counted from their first call on.
///
/// Raw tracepoints need no tracefs. Instructions are bit fields, and the argument of bpf(2) is a
/// union: nothing of that can be imported. The programs may be used under the MIT
/// licence, too, which is what the kernel is told: it lets the clock be read by such only before 5.8.

#include "CallCounter.h"

#include "BPF.h"

#include <errno.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

/// Threads that are in a call at once and of which the time is measured; the one that was looked up
/// least recently is forgotten for the next.
enum { most_pending = 8192 };

/// What is kept of a thread that is in a call.
struct pending {
    uint64_t since, number;
};

// Places on the stack, below register 10.
enum { thread = -4, number = -8, entry = -24 };

/// Ends unless the current thread is a target's, else leaves its number in `thread`, and the
/// tracepoint's arguments in register 6.
#define ONLY_OF_TARGET(NUMBER, IS_PROCESS) \
    MOVE(6, 1), CALL(get_current_pid_tgid), \
    STORE_HALF(10, thread, 0),                        /* the lower half is the thread's */ \
    SHIFT_LEFT(0, (IS_PROCESS) ? 0 : 32), SHIFT_RIGHT(0, 32), \
    END_UNLESS(JEQ, 0, NUMBER)

/// Register 0: the address of what `map` has for the number on the stack; 0 if nothing.
#define LOOK_UP(MAP, KEY) \
    LOAD_MAP(1, MAP), MOVE(2, 10), ADD(2, KEY), CALL(map_lookup_elem)

/// Adds to a field of the figures that register 0 points to. They are of this CPU, and nothing else
/// runs here meanwhile.
#define COUNT(FIELD) \
    LOAD(1, 0, offsetof(struct clinux_call_figures, FIELD)), ADD(1, 1), \
    STORE(0, offsetof(struct clinux_call_figures, FIELD), 1)

static int attach(
    const char *tracepoint, const struct bpf_insn *instructions, size_t size) {
    union bpf_attr load = {0};
    load.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
    load.insns = (uintptr_t)instructions;
    load.insn_cnt = (uint32_t)(size / sizeof *instructions);
    load.license = (uintptr_t)"Dual MIT/GPL";
    int program = (int)bpf(BPF_PROG_LOAD, &load);
    if (program < 0) return -1;
    union bpf_attr open = {0};
    open.raw_tracepoint.name = (uintptr_t)tracepoint;
    open.raw_tracepoint.prog_fd = (uint32_t)program;
    int attached = (int)bpf(BPF_RAW_TRACEPOINT_OPEN, &open);
    int error = errno;
    close(program);
    errno = error;
    return attached;
}

/// Arguments: the registers, the call's number.
static int attach_enter(const struct clinux_call_counter *counter, int target, bool is_process) {
    const struct bpf_insn instructions[] = {
        ONLY_OF_TARGET(target, is_process),
        LOAD(8, 6, 8),
        SKIP_IF(JLT, 8, CLINUX_CALL_NUMBERS, 1),
        SET(8, CLINUX_CALL_NUMBERS - 1),
        STORE_HALF(10, number, 8),
        LOOK_UP(counter->figures, number),
        END_UNLESS(JNE, 0, 0),
        COUNT(entered),
        CALL(ktime_get_ns),
        STORE(10, entry + (int)offsetof(struct pending, since), 0),
        STORE(10, entry + (int)offsetof(struct pending, number), 8),
        MOVE(9, 0),
        LOOK_UP(counter->pending, thread),
        SKIP_IF(JEQ, 0, 0, 4),  // to where its place is made
        STORE(0, offsetof(struct pending, since), 9),
        STORE(0, offsetof(struct pending, number), 8),
        END,
        LOAD_MAP(1, counter->pending),
        MOVE(2, 10), ADD(2, thread),
        MOVE(3, 10), ADD(3, entry),
        SET(4, BPF_ANY),
        CALL(map_update_elem),
        END,
    };
    return attach("sys_enter", instructions, sizeof instructions);
}

/// Arguments: the registers, what the call returns.
static int attach_leave(const struct clinux_call_counter *counter, int target, bool is_process) {
    const struct bpf_insn instructions[] = {
        ONLY_OF_TARGET(target, is_process),
        LOOK_UP(counter->pending, thread),
        END_UNLESS(JNE, 0, 0),
        LOAD(9, 0, offsetof(struct pending, since)),
        END_UNLESS(JNE, 9, 0),
        STORE_NUMBER(0, offsetof(struct pending, since), 0),
        LOAD(8, 0, offsetof(struct pending, number)),
        STORE_HALF(10, number, 8),
        CALL(ktime_get_ns),
        SUBTRACT_REGISTER(0, 9),
        MOVE(9, 0),
        LOOK_UP(counter->figures, number),
        END_UNLESS(JNE, 0, 0),
        COUNT(returned),
        LOAD(1, 0, offsetof(struct clinux_call_figures, nanoseconds)),
        ADD_REGISTER(1, 9),
        STORE(0, offsetof(struct clinux_call_figures, nanoseconds), 1),
        LOAD(2, 6, 8),
        SKIP_IF(JNE, 2, 0, 5),  // to the sum
        COUNT(zeros),
        END,
        SKIP_IF(JSLT, 2, 0, 5),  // to the errors
        LOAD(1, 0, offsetof(struct clinux_call_figures, sum)),
        ADD_REGISTER(1, 2),
        STORE(0, offsetof(struct clinux_call_figures, sum), 1),
        END,
        END_UNLESS(JGT, 2, -4096),  // errors are -4095 to -1, which as unsigned is above
        COUNT(failed),
        LOAD(1, 0, offsetof(struct clinux_call_figures, error)),
        SKIP_IF_REGISTER(JEQ, 1, 2, 4),  // to the end
        STORE(0, offsetof(struct clinux_call_figures, error), 2),
        COUNT(errors),
        END,
    };
    return attach("sys_exit", instructions, sizeof instructions);
}

int clinux_begin_counting_calls(
    struct clinux_call_counter *counter, int target, bool is_process) {
    *counter = (struct clinux_call_counter){-1, -1, -1, -1};
    struct rlimit limit;
    bool is_limited = lift_memory_limit(&limit);
    counter->figures = create_map(
        BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(struct clinux_call_figures), CLINUX_CALL_NUMBERS);
    if (counter->figures >= 0)
        counter->pending =
            create_map(BPF_MAP_TYPE_LRU_HASH, sizeof(struct pending), most_pending);
    // Returns before entries, so that no call is seen entered and not returned.
    if (counter->pending >= 0) counter->leave = attach_leave(counter, target, is_process);
    if (counter->leave >= 0) counter->enter = attach_enter(counter, target, is_process);
    int error = counter->enter >= 0 ? 0 : errno;
    if (is_limited) setrlimit(RLIMIT_MEMLOCK, &limit);
    if (error != 0) clinux_end_counting_calls(counter);
    return error;
}

bool clinux_read_counted_calls(
    const struct clinux_call_counter *counter, uint32_t number, struct clinux_call_figures *place) {
    union bpf_attr attributes = {0};
    attributes.map_fd = (uint32_t)counter->figures;
    attributes.key = (uintptr_t)&number;
    attributes.value = (uintptr_t)place;
    return bpf(BPF_MAP_LOOKUP_ELEM, &attributes) == 0;
}

void clinux_end_counting_calls(struct clinux_call_counter *counter) {
    const int descriptors[] = {counter->enter, counter->leave, counter->figures, counter->pending};
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++)
        if (descriptors[i] >= 0) close(descriptors[i]);
    *counter = (struct clinux_call_counter){-1, -1, -1, -1};
}
