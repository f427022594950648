#include "CElfutils.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A large program has 100 MB of symbols and names. libelf would keep them all; here they pass by.

/// Bytes of a file, or of what is one, from `start` on.
struct window {
    int descriptor;
    const char *image;
    uint64_t size;
    uint64_t start;
    size_t count;
    // A name that reaches the end is ended there.
    char bytes[(64 << 10) + 1];
};

static const size_t most_of_window = sizeof((struct window *)NULL)->bytes - 1;
static const size_t longest_name = 1024;

static void fill(struct window *window, uint64_t offset, size_t count) {
    window->start = offset;
    window->count = 0;
    if (window->image == NULL) {
        ssize_t got = pread(window->descriptor, window->bytes, count, (off_t)offset);
        window->count = got > 0 ? (size_t)got : 0;
    } else if (offset < window->size) {
        uint64_t rest = window->size - offset;
        window->count = rest < count ? (size_t)rest : count;
        memcpy(window->bytes, window->image + offset, window->count);
    }
    window->bytes[window->count] = '\0';
}

/// The string at an offset; the end of a very long one is cut off.
static const char *string(struct window *window, uint64_t offset) {
    bool is_inside = offset >= window->start && offset - window->start < window->count;
    const char *found = window->bytes + (offset - window->start);
    if (is_inside) {
        size_t rest = window->count - (size_t)(offset - window->start);
        if (rest >= longest_name || memchr(found, '\0', rest) != NULL) return found;
    }
    // Names mostly stand in the order of their symbols. Where they do not, little is read for each.
    bool follows = offset >= window->start && offset - window->start <= most_of_window;
    fill(window, offset, follows ? most_of_window : longest_name);
    return window->bytes;
}

static bool find_table(Elf *elf, GElf_Word type, GElf_Shdr *table, GElf_Shdr *names) {
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;)
        if (gelf_getshdr(section, table) != NULL && table->sh_type == type)
            return gelf_getshdr(elf_getscn(elf, table->sh_link), names) != NULL &&
                   names->sh_type == SHT_STRTAB;
    return false;
}

static bool is_code(Elf *elf, size_t section) {
    GElf_Shdr header;
    Elf_Scn *found = section < SHN_LORESERVE ? elf_getscn(elf, section) : NULL;
    return found != NULL && gelf_getshdr(found, &header) != NULL &&
           (header.sh_flags & SHF_EXECINSTR) != 0;
}

static enum celfutils_binding binding(const GElf_Sym *symbol) {
    switch (GELF_ST_BIND(symbol->st_info)) {
    case STB_LOCAL: return celfutils_local;
    case STB_WEAK: return celfutils_weak;
    default: return celfutils_global;
    }
}

/// As the structure of 64-bit files.
static GElf_Sym symbol_at(Elf *elf, const Elf_Data *data, size_t index) {
    if (gelf_getclass(elf) == ELFCLASS64) return ((const Elf64_Sym *)data->d_buf)[index];
    Elf32_Sym symbol = ((const Elf32_Sym *)data->d_buf)[index];
    return (GElf_Sym){
        .st_name = symbol.st_name,
        .st_info = symbol.st_info,
        .st_other = symbol.st_other,
        .st_shndx = symbol.st_shndx,
        .st_value = symbol.st_value,
        .st_size = symbol.st_size,
    };
}

static void take_function(
    Elf *elf, const GElf_Sym *symbol, const GElf_Shdr *names, struct window *window, void *context,
    void (*take)(void *, const struct celfutils_function *)) {
    int type = GELF_ST_TYPE(symbol->st_info);
    bool is_label = type == STT_NOTYPE;
    if (symbol->st_shndx == SHN_UNDEF || symbol->st_name == 0) return;
    if (type != STT_FUNC && type != STT_GNU_IFUNC && !is_label) return;
    if (symbol->st_name >= names->sh_size) return;
    if (is_label && !is_code(elf, symbol->st_shndx)) return;
    uint64_t offset = names->sh_offset + symbol->st_name;
    const char *name = string(window, offset);
    if (*name == '\0') return;
    struct celfutils_function function = {
        .name = name,
        .name_offset = offset,
        .address = symbol->st_value,
        .size = symbol->st_size,
        .binding = binding(symbol),
        .is_label = is_label,
    };
    take(context, &function);
}

size_t celfutils_symbols(Elf *elf, bool is_dynamic, uint64_t *bytes_of_names) {
    GElf_Shdr table, names;
    if (!find_table(elf, is_dynamic ? SHT_DYNSYM : SHT_SYMTAB, &table, &names)) return 0;
    *bytes_of_names = names.sh_size;
    return table.sh_entsize > 0 ? table.sh_size / table.sh_entsize : 0;
}

bool celfutils_each_function(
    Elf *elf, int descriptor, bool is_dynamic, void *context,
    void (*take)(void *, const struct celfutils_function *)) {
    GElf_Shdr table, names;
    if (!find_table(elf, is_dynamic ? SHT_DYNSYM : SHT_SYMTAB, &table, &names)) return false;
    size_t image_size = 0;
    const char *image = descriptor < 0 ? elf_rawfile(elf, &image_size) : NULL;
    const char *identity = elf_getident(elf, NULL);
    size_t entry = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
    if ((descriptor < 0 && image == NULL) || identity == NULL || entry == 0) return false;

    enum { symbols, strings };
    struct window *windows = calloc(2, sizeof *windows);
    if (windows == NULL) return false;
    for (int index = symbols; index <= strings; index++) {
        windows[index].descriptor = descriptor;
        windows[index].image = image;
        windows[index].size = image_size;
    }
    size_t piece = most_of_window / entry * entry;
    // As they are in memory they may be aligned otherwise, but take no more room.
    Elf_Data to = {.d_buf = malloc(piece), .d_version = EV_CURRENT, .d_type = ELF_T_SYM};
    for (uint64_t done = 0; to.d_buf != NULL && done < table.sh_size;) {
        uint64_t rest = table.sh_size - done;
        fill(&windows[symbols], table.sh_offset + done, rest < piece ? (size_t)rest : piece);
        size_t count = windows[symbols].count / entry;
        if (count == 0) break;
        Elf_Data from = to;
        from.d_buf = windows[symbols].bytes;
        from.d_size = count * entry;
        to.d_size = piece;
        if (gelf_xlatetom(elf, &to, &from, (unsigned)identity[EI_DATA]) == NULL) break;
        for (size_t index = 0; index < count; index++) {
            GElf_Sym symbol = symbol_at(elf, &to, index);
            take_function(elf, &symbol, &names, &windows[strings], context, take);
        }
        done += count * entry;
    }
    free(to.d_buf);
    free(windows);
    return true;
}
