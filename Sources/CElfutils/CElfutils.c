#include "CElfutils.h"

#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <gelf.h>
#include <libiberty/demangle.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>

// A part of a file is read as a whole, and a sparse file may claim to have any. Debug information may
// be larger, but see celfutils_open_debug.
static const uint64_t most_of_part = UINT64_C(256) << 20;

static bool is_modest(Elf *elf) {
    size_t count = 0;
    if (elf_getphdrnum(elf, &count) != 0) return false;
    for (size_t index = 0; index < count; index++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)index, &header) == NULL) return false;
        if (header.p_type != PT_LOAD && header.p_filesz > most_of_part) return false;
    }
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL) return false;
        if (header.sh_type != SHT_PROGBITS && header.sh_type != SHT_NOBITS &&
            header.sh_size > most_of_part)
            return false;
    }
    return true;
}

static Elf *opened(Elf *elf) {
    if (elf != NULL && elf_kind(elf) == ELF_K_ELF && is_modest(elf)) return elf;
    elf_end(elf);
    return NULL;
}

Elf *celfutils_open(int descriptor) {
    elf_version(EV_CURRENT);
    return opened(elf_begin(descriptor, ELF_C_READ, NULL));
}

Elf *celfutils_open_bytes(char *bytes, size_t count) {
    elf_version(EV_CURRENT);
    return opened(elf_memory(bytes, count));
}

void celfutils_release_descriptor(Elf *elf) { elf_cntl(elf, ELF_C_FDDONE); }

void celfutils_close(Elf *elf) { elf_end(elf); }

size_t celfutils_segments(Elf *elf, struct celfutils_segment *segments, size_t capacity) {
    size_t headers = 0, count = 0;
    if (elf_getphdrnum(elf, &headers) != 0) return 0;
    for (size_t index = 0; index < headers && count < capacity; index++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)index, &header) == NULL || header.p_type != PT_LOAD) continue;
        segments[count++] = (struct celfutils_segment){
            .offset = header.p_offset,
            .size = header.p_filesz,
            .address = header.p_vaddr,
            .is_executable = (header.p_flags & PF_X) != 0,
        };
    }
    return count;
}

static Elf_Scn *section_named(Elf *elf, const char *name, GElf_Shdr *header) {
    size_t names;
    if (elf_getshdrstrndx(elf, &names) != 0) return NULL;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        if (gelf_getshdr(section, header) == NULL || header->sh_type == SHT_NOBITS) continue;
        const char *found = elf_strptr(elf, names, header->sh_name);
        if (found != NULL && strcmp(found, name) == 0) return section;
    }
    return NULL;
}

void celfutils_each_stub(
    Elf *elf, void *context, void (*take)(void *, const struct celfutils_function *)) {
    GElf_Shdr stubs, relocations, symbols;
    // Where .plt.sec is, calls go there, and only the first call of each goes on to .plt, whose own
    // first entry asks the dynamic linker.
    uint64_t first = 0;
    if (section_named(elf, ".plt.sec", &stubs) == NULL) {
        if (section_named(elf, ".plt", &stubs) == NULL) return;
        first = 1;
    }
    Elf_Scn *section = section_named(elf, ".rela.plt", &relocations);
    if (section == NULL) return;
    Elf_Data *data = elf_getdata(section, NULL);
    Elf_Scn *table = elf_getscn(elf, relocations.sh_link);
    Elf_Data *names = elf_getdata(table, NULL);
    if (data == NULL || names == NULL || gelf_getshdr(table, &symbols) == NULL) return;
    // Each is as long on x86-64 and on AArch64, whatever the section says: 0 or 16.
    const uint64_t size = 16;
    GElf_Rela relocation;
    for (int index = 0; gelf_getrela(data, index, &relocation) != NULL; index++) {
        GElf_Sym symbol;
        if (gelf_getsym(names, (int)GELF_R_SYM(relocation.r_info), &symbol) == NULL) continue;
        const char *name = elf_strptr(elf, symbols.sh_link, symbol.st_name);
        uint64_t offset = (first + (uint64_t)index) * size;
        if (name == NULL || *name == '\0' || offset + size > stubs.sh_size) continue;
        struct celfutils_function function = {
            .name = name,
            .address = stubs.sh_addr + offset,
            .size = size,
            .binding = celfutils_local,
        };
        take(context, &function);
    }
}

const void *celfutils_section(Elf *elf, const char *name, size_t *size) {
    GElf_Shdr header;
    Elf_Scn *section = section_named(elf, name, &header);
    if (section == NULL || header.sh_size > most_of_part) return NULL;
    Elf_Data *data = elf_rawdata(section, NULL);
    if (data == NULL || data->d_buf == NULL) return NULL;
    *size = data->d_size;
    return data->d_buf;
}

uint64_t celfutils_section_address(Elf *elf, const char *name) {
    GElf_Shdr header;
    return section_named(elf, name, &header) == NULL ? 0 : header.sh_addr;
}

const void *celfutils_build_id(Elf *elf, size_t *size) {
    const void *bytes;
    ssize_t count = dwelf_elf_gnu_build_id(elf, &bytes);
    if (count <= 0) return NULL;
    *size = (size_t)count;
    return bytes;
}

char *celfutils_unpack(const void *stream, size_t size, size_t most, size_t *count) {
    // How much it will be is not known: each round offers twice as much.
    for (size_t room = 8 * size; room / 2 < most; room *= 2) {
        if (room > most) room = most;
        uint64_t memory = UINT64_C(256) << 20;
        size_t in = 0, out = 0;
        char *bytes = malloc(room);
        if (bytes == NULL) return NULL;
        lzma_ret result = lzma_stream_buffer_decode(
            &memory, 0, NULL, stream, &in, size, (uint8_t *)bytes, &out, room);
        if (result == LZMA_OK) {
            *count = out;
            return bytes;
        }
        free(bytes);
        if (result != LZMA_BUF_ERROR || room == most) return NULL;
    }
    return NULL;
}

uint32_t celfutils_checksum(const void *bytes, size_t count, uint32_t before) {
    return lzma_crc32(bytes, count, before);
}

// Exported by Swift's runtime, but in none of the headers that it comes with; SwiftDemangle of the
// compiler's sources.
char *swift_demangle(
    const char *name, size_t length, char *buffer, size_t *buffer_size, uint32_t flags);

// A part of a name may stand for an earlier part, and that for two others: a short name may be one of
// megabytes. How often a part is named again, or more, for a letter may just be one of an identifier.
static size_t repetitions(const char *name) {
    bool is_swift = name[0] == '$', is_rust = name[1] == 'R';
    const char *signs = is_swift ? "A" : is_rust ? "B" : "ST";
    size_t count = 0;
    while (*(name += strcspn(name, signs)) != '\0') {
        name++;
        if (is_swift) {
            // "AbcD": four of them; "A9B": nine times the same.
            size_t digits = strspn(name, "0123456789");
            size_t letters = strspn(name, "abcdefghijklmnopqrstuvwxyz");
            count += 1 + letters + (digits > 0 ? strtoul(name, NULL, 10) : 0);
        } else {
            size_t digits = strcspn(name, "_");
            if (digits <= 2 && name[digits] == '_') count++;
        }
    }
    return count;
}

char *celfutils_demangle(const char *name) {
    // A plain name is asked about by most, and none of these begins otherwise.
    if (name[0] != '_' && name[0] != '$') return NULL;
    if (strlen(name) > 512 || repetitions(name) > 24) return NULL;
    if (strncmp(name, "$s", 2) == 0 || strncmp(name, "$S", 2) == 0)
        return swift_demangle(name, strlen(name), NULL, NULL, 0);
    // The old names of Rust are names of C++, too, but for the hash that ends them.
    char *result = rust_demangle(name, DMGL_NO_OPTS);
    return result != NULL ? result : cplus_demangle_v3(name, DMGL_NO_OPTS);
}

Dwarf_CFI *celfutils_unwind_table(Elf *elf) {
    GElf_Shdr header;
    Elf_Scn *section = section_named(elf, ".eh_frame", &header);
    return section != NULL && header.sh_size > most_of_part ? NULL : dwarf_getcfi_elf(elf);
}

void celfutils_close_unwind_table(Dwarf_CFI *table) { dwarf_cfi_end(table); }

Dwarf *celfutils_open_debug(Elf *elf, size_t most) {
    size_t names, sum = 0;
    bool has_frames = false;
    if (elf_getshdrstrndx(elf, &names) != 0) return NULL;
    GElf_Shdr header;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        const char *name = gelf_getshdr(section, &header) != NULL
                               ? elf_strptr(elf, names, header.sh_name) : NULL;
        if (name == NULL || header.sh_type == SHT_NOBITS) continue;
        if (strstr(name, "debug_") == NULL) continue;
        // Old toolchains call a compressed section so: its header is none that libelf reads.
        if (strncmp(name, ".zdebug_", 8) == 0) return NULL;
        if (strcmp(name, ".debug_frame") == 0) has_frames = true;
        uint64_t size = header.sh_size;
        GElf_Chdr unpacked;
        if (size <= most && (header.sh_flags & SHF_COMPRESSED) != 0) {
            if (gelf_getchdr(section, &unpacked) == NULL) return NULL;
            if (unpacked.ch_size > size) size = unpacked.ch_size;
        }
        if (size > most - sum) return NULL;
        sum += size;
    }
    return has_frames ? dwarf_begin_elf(elf, DWARF_C_READ, NULL) : NULL;
}

Dwarf_CFI *celfutils_debug_table(Dwarf *debug) { return dwarf_getcfi(debug); }

void celfutils_close_debug(Dwarf *debug) { dwarf_end(debug); }

Dwarf_Frame *celfutils_frame(Dwarf_CFI *table, uint64_t address, bool *is_signal) {
    Dwarf_Frame *frame = NULL;
    if (dwarf_cfi_addrframe(table, address, &frame) != 0) return NULL;
    dwarf_frame_info(frame, NULL, NULL, is_signal);
    return frame;
}

static ptrdiff_t copy(
    const Dwarf_Op *from, size_t count, struct celfutils_operation *to, size_t capacity) {
    if (count > capacity) return -1;
    for (size_t index = 0; index < count; index++)
        to[index] = (struct celfutils_operation){
            .code = from[index].atom, .first = from[index].number, .second = from[index].number2};
    return (ptrdiff_t)count;
}

ptrdiff_t celfutils_frame_address(
    Dwarf_Frame *frame, struct celfutils_operation *operations, size_t capacity) {
    Dwarf_Op *found = NULL;
    size_t count = 0;
    if (dwarf_frame_cfa(frame, &found, &count) != 0 || count == 0) return -1;
    return copy(found, count, operations, capacity);
}

ptrdiff_t celfutils_register(
    Dwarf_Frame *frame, int number, struct celfutils_operation *operations, size_t capacity) {
    Dwarf_Op space[3], *found = NULL;
    size_t count = 0;
    if (dwarf_frame_register(frame, number, space, &found, &count) != 0) return -1;
    if (count == 0) return found == NULL ? 0 : -1;
    return copy(found, count, operations, capacity);
}
