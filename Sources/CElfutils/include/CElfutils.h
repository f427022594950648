/// What dxtop takes from elfutils, liblzma, libiberty and Swift's runtime.
///
/// Every shim is here for one reason: the headers of these libraries include sys/types.h, and which
/// module its types are imported from would then depend on what was imported first. So they are
/// included in CElfutils.c alone, and this header speaks plain C.
#ifndef CELFUTILS_H
#define CELFUTILS_H

#include <dwarf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct Elf;
struct Dwarf;
struct Dwarf_CFI_s;
struct Dwarf_Frame_s;

/// Opens an ELF file, which is read piece by piece and not mapped: a file that is cut short while
/// it is mapped ends its reader by SIGBUS. NULL for what is no ELF file, or has parts of more than
/// 256 MiB beside code, data and debug information.
struct Elf *celfutils_open(int descriptor);

/// The same of bytes, which must outlive it.
struct Elf *celfutils_open_bytes(char *bytes, size_t count);

/// The descriptor may be closed: what was asked for so far is in memory, and nothing else is had.
void celfutils_release_descriptor(struct Elf *elf);

void celfutils_close(struct Elf *elf);

/// A part of a file that is loaded.
struct celfutils_segment {
    /// Where it stands in the file, and how long.
    uint64_t offset, size;
    /// The address that the file itself gives it.
    uint64_t address;
    bool is_executable;
};

/// Writes the first `capacity` loaded segments and returns how many those are.
size_t celfutils_segments(struct Elf *elf, struct celfutils_segment *segments, size_t capacity);

enum celfutils_binding { celfutils_local, celfutils_weak, celfutils_global };

struct celfutils_function {
    /// Lives as long as this call.
    const char *name;
    /// Where it stands in the file; 0 for a stub.
    uint64_t name_offset;
    uint64_t address;
    /// 0 where the file does not say it.
    uint64_t size;
    enum celfutils_binding binding;
    /// A name for a place in code, of no type: hand-written assembly.
    bool is_label;
};

/// How many symbols .symtab has, or .dynsym where `is_dynamic`, and how long their names are.
size_t celfutils_symbols(struct Elf *elf, bool is_dynamic, uint64_t *bytes_of_names);

/// Calls `take` for every function of that table, which passes by piece by piece; returns whether
/// there is one. The descriptor is the file's; -1 for bytes.
bool celfutils_each_function(
    struct Elf *elf, int descriptor, bool is_dynamic, void *context,
    void (*take)(void *context, const struct celfutils_function *function));

/// The stubs through which functions of other files are called, each by the name of that function.
void celfutils_each_stub(
    struct Elf *elf, void *context,
    void (*take)(void *context, const struct celfutils_function *function));

/// The bytes of a section, as they stand in the file; NULL if there is none. They live as long as
/// the ELF file.
const void *celfutils_section(struct Elf *elf, const char *name, size_t *size);

/// Where a section is in memory by the file's own addresses; 0 if there is none.
uint64_t celfutils_section_address(struct Elf *elf, const char *name);

/// The same of the build id, NT_GNU_BUILD_ID of elf(5).
const void *celfutils_build_id(struct Elf *elf, size_t *size);

/// What an xz stream holds, `most` bytes of it at most, to be freed; NULL if it is none or longer.
char *celfutils_unpack(const void *stream, size_t size, size_t most, size_t *count);

/// The checksum of .gnu_debuglink, continued from `before`, 0 at first.
uint32_t celfutils_checksum(const void *bytes, size_t count, uint32_t before);

/// The name as its language writes it, without the parameters of C++ and the hash of Rust, to be
/// freed; NULL if it is not mangled, is longer than 512 bytes, or may be short for a very long one.
char *celfutils_demangle(const char *name);

/// Where functions begin, and how long each is, by .eh_frame: in any order, without their names.
void celfutils_each_range(
    struct Elf *elf, void *context,
    void (*take)(void *context, uint64_t start, uint64_t size));

/// How to find callers: .eh_frame. NULL if there is none.
struct Dwarf_CFI_s *celfutils_unwind_table(struct Elf *elf);
void celfutils_close_unwind_table(struct Dwarf_CFI_s *table);

/// The same by .debug_frame, which libdw reads together with all debug information: NULL if that is
/// more than `most` bytes, unpacked. The table lives as long as that.
struct Dwarf *celfutils_open_debug(struct Elf *elf, size_t most);
struct Dwarf_CFI_s *celfutils_debug_table(struct Dwarf *debug);
void celfutils_close_debug(struct Dwarf *debug);

/// What a table says of one address; to be freed. NULL if it says nothing.
struct Dwarf_Frame_s *celfutils_frame(
    struct Dwarf_CFI_s *table, uint64_t address, bool *is_signal);

/// An operation of a DWARF expression, one of DW_OP_*.
struct celfutils_operation {
    uint8_t code;
    uint64_t first, second;
};

/// Writes how to compute the canonical frame address and returns how many operations that takes; -1
/// if it is not known, or takes more than `capacity`.
ptrdiff_t celfutils_frame_address(
    struct Dwarf_Frame_s *frame, struct celfutils_operation *operations, size_t capacity);

/// The same for where the caller's value of a register is: an address, or the value itself where
/// DW_OP_stack_value ends it. 0: as it is in the callee.
ptrdiff_t celfutils_register(
    struct Dwarf_Frame_s *frame, int number, struct celfutils_operation *operations,
    size_t capacity);

#endif
