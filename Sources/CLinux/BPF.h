/// Small programs for the kernel, written without a compiler for them: instructions as bpf(2) and the
/// kernel's Documentation/bpf/standardization have them.
#ifndef BPF_H
#define BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/// bpf(2) has no wrapper in glibc.
static inline long bpf(int command, union bpf_attr *attributes) {
    return syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static inline int create_map(enum bpf_map_type type, uint32_t value_size, uint32_t entries) {
    union bpf_attr attributes = {0};
    attributes.map_type = type;
    attributes.key_size = sizeof(uint32_t);
    attributes.value_size = value_size;
    attributes.max_entries = entries;
    return (int)bpf(BPF_MAP_CREATE, &attributes);
}

/// Before 5.11 maps and programs count as locked memory, of which there are 64 KiB. Whether `limit`
/// has what is to be set again.
static inline bool lift_memory_limit(struct rlimit *limit) {
    if (getrlimit(RLIMIT_MEMLOCK, limit) != 0 || limit->rlim_cur == RLIM_INFINITY) return false;
    return setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY}) == 0;
}

#define INSTRUCTION(CODE, TO, FROM, OFFSET, NUMBER) \
    (struct bpf_insn) { \
        .code = (CODE), .dst_reg = BPF_REG_##TO, .src_reg = BPF_REG_##FROM, .off = (OFFSET), \
        .imm = (NUMBER) \
    }
#define MOVE(TO, FROM) INSTRUCTION(BPF_ALU64 | BPF_MOV | BPF_X, TO, FROM, 0, 0)
#define SET(TO, NUMBER) INSTRUCTION(BPF_ALU64 | BPF_MOV | BPF_K, TO, 0, 0, NUMBER)
#define ADD(TO, NUMBER) INSTRUCTION(BPF_ALU64 | BPF_ADD | BPF_K, TO, 0, 0, NUMBER)
#define ADD_REGISTER(TO, FROM) INSTRUCTION(BPF_ALU64 | BPF_ADD | BPF_X, TO, FROM, 0, 0)
#define SUBTRACT_REGISTER(TO, FROM) INSTRUCTION(BPF_ALU64 | BPF_SUB | BPF_X, TO, FROM, 0, 0)
#define SHIFT_LEFT(TO, BITS) INSTRUCTION(BPF_ALU64 | BPF_LSH | BPF_K, TO, 0, 0, BITS)
#define SHIFT_RIGHT(TO, BITS) INSTRUCTION(BPF_ALU64 | BPF_RSH | BPF_K, TO, 0, 0, BITS)
#define LOAD(TO, FROM, OFFSET) INSTRUCTION(BPF_LDX | BPF_MEM | BPF_DW, TO, FROM, OFFSET, 0)
#define LOAD_HALF(TO, FROM, OFFSET) INSTRUCTION(BPF_LDX | BPF_MEM | BPF_W, TO, FROM, OFFSET, 0)
#define STORE(TO, OFFSET, FROM) INSTRUCTION(BPF_STX | BPF_MEM | BPF_DW, TO, FROM, OFFSET, 0)
#define STORE_HALF(TO, OFFSET, FROM) INSTRUCTION(BPF_STX | BPF_MEM | BPF_W, TO, FROM, OFFSET, 0)
#define STORE_NUMBER(TO, OFFSET, NUMBER) \
    INSTRUCTION(BPF_ST | BPF_MEM | BPF_DW, TO, 0, OFFSET, NUMBER)
#define CALL(FUNCTION) INSTRUCTION(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_##FUNCTION)
/// Skips so many instructions if the register compares so with the number, sign-extended.
#define SKIP_IF(HOW, REGISTER, NUMBER, COUNT) \
    INSTRUCTION(BPF_JMP | BPF_##HOW | BPF_K, REGISTER, 0, COUNT, NUMBER)
#define SKIP_IF_REGISTER(HOW, REGISTER, OTHER, COUNT) \
    INSTRUCTION(BPF_JMP | BPF_##HOW | BPF_X, REGISTER, OTHER, COUNT, 0)
/// Two instructions: the kernel puts the map's address into them.
#define LOAD_MAP(TO, MAP) \
    (struct bpf_insn) { \
        .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_##TO, .src_reg = BPF_PSEUDO_MAP_FD, \
        .imm = (MAP) \
    }, \
    (struct bpf_insn) { .code = 0 }
/// The same for the first value of an array's: it is read without a call.
#define LOAD_MAP_VALUE(TO, MAP) \
    (struct bpf_insn) { \
        .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_##TO, \
        .src_reg = BPF_PSEUDO_MAP_VALUE, .imm = (MAP) \
    }, \
    (struct bpf_insn) { .code = 0 }
/// Ends the program, which returns nothing; the second unless the register compares so.
#define END SET(0, 0), INSTRUCTION(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define END_UNLESS(HOW, REGISTER, NUMBER) SKIP_IF(HOW, REGISTER, NUMBER, 2), END

#endif
