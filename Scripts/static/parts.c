// What only the static file has. Scripts/link-static compiles it.

#include <errno.h>
#include <grp.h>
#include <locale.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>

// MARK: UTF-8

struct __locale_data;

// Of glibc, for itself; the static library has them all the same. What setlocale(3) does once it has
// found the file of a locale.
extern struct __locale_struct _nl_global_locale;
extern struct __locale_data *_nl_intern_locale_data(int category, const void *data, size_t size);
extern void _nl_postload_ctype(void);

// glibc has no UTF-8 built in, only a locale for it in a file, which a bare box lacks. It goes into
// the static file as it stands; the library that reads it is of the same build.
extern const char utf8_begin[], utf8_end[];
__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    "utf8_begin: .incbin \"/usr/lib/locale/C.utf8/LC_CTYPE\"\n"
    "utf8_end:\n"
    ".text\n");

bool CCurses_load_utf8(void) {
    struct __locale_data *data =
        _nl_intern_locale_data(LC_CTYPE, utf8_begin, (size_t)(utf8_end - utf8_begin));
    if (!data) return false;
    _nl_global_locale.__locales[LC_CTYPE] = data;
    _nl_postload_ctype();
    return true;
}

// MARK: No shared libraries

// glibc asks modules of its own version for users and groups: on another box that may crash. dxtop
// reads /etc/passwd itself; FoundationEssentials, of which it takes JSON alone, could call these, and
// is to find nobody.
#define NOBODY(function, key, entry)                                                               \
    int function(key wanted, struct entry *place, char *bytes, size_t size, struct entry **found) { \
        (void)wanted, (void)place, (void)bytes, (void)size;                                        \
        *found = NULL;                                                                             \
        return ENOENT;                                                                             \
    }
NOBODY(getpwuid_r, uid_t, passwd)
NOBODY(getpwnam_r, const char *, passwd)
NOBODY(getgrgid_r, gid_t, group)
NOBODY(getgrnam_r, const char *, group)

// Swift's runtime would load a library that an environment variable names.
void *dlopen(const char *path, int mode) {
    (void)path, (void)mode;
    return NULL;
}

// MARK: Version

const char clinux_commit[] = COMMIT;
