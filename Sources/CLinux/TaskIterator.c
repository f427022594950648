/// Tells of every task of the machine in one pass, at a tenth of what its files cost: the kernel's task
/// iterator calls a program of some sixty instructions for each, which writes a record or nothing;
/// bpf(2), Documentation/bpf/bpf_iterators.rst.
///
/// The kernel checks that the program reads fields where it has them: a layout that is not this
/// kernel's is refused, or gives figures that are wrong, but harms nobody.

#include "TaskIterator.h"

#include "BPF.h"

#include <errno.h>
#include <stddef.h>

/// Where the record is put together: below register 10.
enum { record = -(int)sizeof(struct clinux_task_record) };

#define PLACE(FIELD) (record + (int)offsetof(struct clinux_task_record, FIELD))
/// From the task in register 6 to the record: eight bytes, or zero where there are none, and four.
#define COPY(FIELD) LOAD(0, 6, layout->FIELD), STORE(10, PLACE(FIELD), 0)
#define COPY_KNOWN(FIELD) \
    layout->FIELD < 0 ? SET(0, 0) : LOAD(0, 6, layout->FIELD), STORE(10, PLACE(FIELD), 0)
#define COPY_HALF(FIELD) LOAD_HALF(0, 6, layout->FIELD), STORE_HALF(10, PLACE(FIELD), 0)

static int load(const struct clinux_task_layout *layout, int since) {
    const struct bpf_insn instructions[] = {
        // Arguments: what goes with every iterator, of which the first is the file; the task.
        LOAD(6, 1, 8),
        END_UNLESS(JNE, 6, 0),
        LOAD(7, 1, 0),
        LOAD(7, 7, 0),
        LOAD_HALF(0, 6, layout->state),
        SKIP_IF(JEQ, 0, 0, 7),  // to where the record begins: it runs or could run
        LOAD_MAP_VALUE(1, since),
        LOAD(1, 1, 0),
        LOAD(0, 6, layout->last_arrival),
        SKIP_IF_REGISTER(JGE, 0, 1, 2),
        END,
        COPY_HALF(tid),
        COPY_HALF(tgid),
        COPY_HALF(state),
        COPY_HALF(exit_state),
        layout->cpu < 0 ? SET(0, -1) : LOAD_HALF(0, 6, layout->cpu),
        STORE_HALF(10, PLACE(cpu), 0),
        // First the time: what a thread that ends meanwhile used is not told twice then.
        layout->process < 0 ? SET(8, 0) : LOAD(8, 6, layout->process),
        layout->process < 0 ? SET(0, 0) : LOAD(0, 8, layout->ended_time),
        STORE(10, PLACE(ended_time), 0),
        layout->process < 0 ? SET(0, 0) : LOAD_HALF(0, 8, layout->thread_count),
        STORE_HALF(10, PLACE(thread_count), 0),
        COPY(user_time),
        COPY(system_time),
        COPY_KNOWN(shown_user_time),
        COPY_KNOWN(shown_system_time),
        COPY(run_time),
        COPY(run_delay),
        COPY(last_arrival),
        COPY(voluntary),
        COPY(involuntary),
        COPY(minor_faults),
        COPY(major_faults),
        COPY(start_time),
        COPY(name),
        LOAD(0, 6, layout->name + 8),
        STORE(10, PLACE(name) + 8, 0),
        MOVE(1, 7),
        MOVE(2, 10),
        ADD(2, record),
        SET(3, sizeof(struct clinux_task_record)),
        CALL(seq_write),
        END,
    };
    union bpf_attr attributes = {0};
    attributes.prog_type = BPF_PROG_TYPE_TRACING;
    attributes.expected_attach_type = BPF_TRACE_ITER;
    attributes.attach_btf_id = layout->function;
    attributes.insns = (uintptr_t)instructions;
    attributes.insn_cnt = sizeof instructions / sizeof *instructions;
    // What it calls may be called by programs under the GPL only, or under the MIT licence, too.
    attributes.license = (uintptr_t)"Dual MIT/GPL";
    return (int)bpf(BPF_PROG_LOAD, &attributes);
}

static int link_program(int program) {
    union bpf_attr attributes = {0};
    attributes.link_create.prog_fd = (uint32_t)program;
    attributes.link_create.attach_type = BPF_TRACE_ITER;
    return (int)bpf(BPF_LINK_CREATE, &attributes);
}

int clinux_open_task_iterator(
    struct clinux_task_iterator *iterator, const struct clinux_task_layout *layout) {
    *iterator = (struct clinux_task_iterator){-1, -1};
    struct rlimit limit;
    bool is_limited = lift_memory_limit(&limit);
    int program = -1;
    iterator->since = create_map(BPF_MAP_TYPE_ARRAY, sizeof(uint64_t), 1);
    if (iterator->since >= 0) program = load(layout, iterator->since);
    if (program >= 0) iterator->link = link_program(program);
    int error = iterator->link >= 0 ? 0 : errno;
    if (program >= 0) close(program);
    if (is_limited) setrlimit(RLIMIT_MEMLOCK, &limit);
    if (error != 0) clinux_close_task_iterator(iterator);
    return error;
}

int clinux_begin_task_pass(const struct clinux_task_iterator *iterator, uint64_t since) {
    const uint32_t first = 0;
    union bpf_attr update = {0};
    update.map_fd = (uint32_t)iterator->since;
    update.key = (uintptr_t)&first;
    update.value = (uintptr_t)&since;
    if (bpf(BPF_MAP_UPDATE_ELEM, &update) != 0) return -1;
    union bpf_attr create = {0};
    create.iter_create.link_fd = (uint32_t)iterator->link;
    return (int)bpf(BPF_ITER_CREATE, &create);
}

void clinux_close_task_iterator(struct clinux_task_iterator *iterator) {
    if (iterator->link >= 0) close(iterator->link);
    if (iterator->since >= 0) close(iterator->since);
    *iterator = (struct clinux_task_iterator){-1, -1};
}
