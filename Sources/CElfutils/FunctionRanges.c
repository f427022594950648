#include "CElfutils.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>
#include <string.h>

// .eh_frame has an entry for each function, also in a stripped file: where it begins and how long it
// is. "Linux Standard Base", section 10.6; how pointers stand there, section 10.5.

static const uint8_t pointer_omitted = 0xff, relative_to_place = 0x10;

/// Of a value in this encoding, without its base; 0 where it is none that compilers use.
static size_t value_size(uint8_t encoding, size_t pointer_size) {
    switch (encoding & 0x07) {
    case 0: return pointer_size;
    case 3: return 4;
    case 4: return 8;
    default: return 0;
    }
}

static uint64_t value(const uint8_t *bytes, size_t size, bool is_signed) {
    if (size == 8) {
        uint64_t whole;
        memcpy(&whole, bytes, sizeof whole);
        return whole;
    }
    uint32_t half;
    memcpy(&half, bytes, sizeof half);
    return is_signed ? (uint64_t)(int64_t)(int32_t)half : half;
}

/// The letters of an augmentation tell what its data holds, one after the other.
static uint8_t encoding_of(const Dwarf_CIE *entry, size_t pointer_size) {
    const uint8_t *data = entry->augmentation_data;
    const uint8_t *end = data + entry->augmentation_data_size;
    if (entry->augmentation == NULL || entry->augmentation[0] != 'z') return 0;
    for (const char *letter = entry->augmentation + 1; *letter != '\0'; letter++) {
        if (*letter == 'R') return data < end ? *data : pointer_omitted;
        if (*letter == 'L') data++;
        else if (*letter == 'P') {
            size_t size = data < end ? value_size(*data, pointer_size) : 0;
            if (size == 0) return pointer_omitted;
            data += 1 + size;
        } else if (*letter != 'S' && *letter != 'B') return pointer_omitted;
    }
    return 0;
}

void celfutils_each_range(
    Elf *elf, void *context, void (*take)(void *context, uint64_t start, uint64_t size)) {
    size_t count = 0;
    const uint8_t *base = celfutils_section(elf, ".eh_frame", &count);
    const unsigned char *identity = (const unsigned char *)elf_getident(elf, NULL);
    if (base == NULL || identity == NULL) return;
    uint64_t section = celfutils_section_address(elf, ".eh_frame");
    size_t pointer_size = gelf_getclass(elf) == ELFCLASS64 ? 8 : 4;
    Elf_Data data = {
        .d_buf = (void *)(uintptr_t)base,
        .d_size = count,
        .d_type = ELF_T_BYTE,
        .d_version = EV_CURRENT,
    };

    Dwarf_Off common = UINT64_MAX;
    uint8_t encoding = pointer_omitted;
    Dwarf_CFI_Entry entry;
    for (Dwarf_Off offset = 0, next; ; offset = next) {
        int result = dwarf_next_cfi(identity, &data, true, offset, &next, &entry);
        // What does not parse is left out, as long as it is known where the next begins.
        if (result > 0 || next <= offset || next == (Dwarf_Off)-1) return;
        if (result < 0 || dwarf_cfi_cie_p(&entry)) continue;
        if (entry.fde.CIE_pointer != common) {
            Dwarf_CFI_Entry head;
            Dwarf_Off after;
            common = entry.fde.CIE_pointer;
            bool is_known = dwarf_next_cfi(identity, &data, true, common, &after, &head) == 0 &&
                            dwarf_cfi_cie_p(&head);
            encoding = is_known ? encoding_of(&head.cie, pointer_size) : pointer_omitted;
        }
        size_t size = value_size(encoding, pointer_size);
        const uint8_t *bytes = entry.fde.start;
        bool is_relative = (encoding & 0x70) == relative_to_place;
        if (size == 0 || encoding == pointer_omitted || (!is_relative && (encoding & 0xf0) != 0) ||
            bytes < base || (size_t)(entry.fde.end - bytes) < 2 * size)
            continue;
        uint64_t start = value(bytes, size, (encoding & 0x08) != 0);
        if (is_relative) start += section + (uint64_t)(bytes - base);
        take(context, start, value(bytes + size, size, false));
    }
}
