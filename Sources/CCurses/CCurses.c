#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1

#include "CCurses.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "Internal.h"

// Macros of term.h.
#undef columns
#undef lines

static SCREEN *screen;
static FILE *input_file;
static FILE *output_file;
static struct CCurses_rescue rescue;

// MARK: Opening and closing

static const char *capability(const char *name) {
    const char *value = tigetstr(name);
    return value == (const char *)-1 ? NULL : value;
}

bool CCurses_describes(const char *name, int output) {
    int result;
    if (setupterm(name, output, &result) != OK) return false;
    bool usable = capability("cup") != NULL && capability("clear") != NULL;
    del_curterm(cur_term);
    return usable;
}

int CCurses_described_colors(const char *name, int output) {
    int result;
    if (setupterm(name, output, &result) != OK) return -1;
    int colors = tigetnum("colors");
    del_curterm(cur_term);
    return colors;
}

/// Adds a capability's bytes to those that end the screen, without its padding ("$<5/>").
static void add_rescue(const char *name) {
    const char *value = capability(name);
    while (value && *value && rescue.length < sizeof rescue.bytes) {
        if (value[0] == '$' && value[1] == '<') {
            const char *end = strchr(value, '>');
            if (end) {
                value = end + 1;
                continue;
            }
        }
        rescue.bytes[rescue.length++] = *value++;
    }
}

static void prepare_rescue(int output) {
    rescue.output = output;
    rescue.length = 0;
    add_rescue("sgr0");
    add_rescue("op");
    add_rescue("rmkx");
    add_rescue("rmcup");
    add_rescue("cnorm");
    if (!capability("rmcup") && rescue.length + 2 <= sizeof rescue.bytes) {
        memcpy(rescue.bytes + rescue.length, "\r\n", 2);
        rescue.length += 2;
    }
}

static FILE *duplicate(int descriptor, const char *mode) {
    int copy = dup(descriptor);
    if (copy < 0) return NULL;
    FILE *file = fdopen(copy, mode);
    if (!file) close(copy);
    return file;
}

static void close_files(void) {
    if (input_file) fclose(input_file);
    if (output_file) fclose(output_file);
    input_file = output_file = NULL;
}

/// Takes the beginning off a capability, where it begins like that. `tigetstr` answers with the
/// description's own text, which is this screen's alone.
static void drop_beginning(const char *name, const char *beginning) {
    char *value = tigetstr(name);
    size_t length = strlen(beginning);
    if (!value || value == (char *)-1 || strncmp(value, beginning, length) != 0) return;
    memmove(value, value + length, strlen(value + length) + 1);
}

/// Has styles sent without leaving the alternate character set each time, as most descriptions do
/// it: nothing here ever enters that.
static void shorten_styles(void) {
    drop_beginning("sgr0", "\033(B");
    drop_beginning("sgr", "%?%p9%t\033(0%e\033(B%;");
}

bool CCurses_open(const char *name, int input, int output, bool wants_color) {
    // The tty's modes are kept before curses changes them.
    if (tcgetattr(output, &rescue.modes) != 0) return false;
    input_file = duplicate(input, "r");
    output_file = duplicate(output, "w");
    if (!input_file || !output_file) {
        close_files();
        return false;
    }
    screen = newterm(name, output_file, input_file);
    if (!screen) {
        close_files();
        return false;
    }
    prepare_rescue(fileno(output_file));
    CCurses_set_rescue(&rescue);
    set_term(screen);
    shorten_styles();
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    curs_set(0);
    if (wants_color && has_colors() && start_color() == OK) use_default_colors();
    return true;
}

void CCurses_close(void) {
    if (!screen) return;
    CCurses_leave();
    delscreen(screen);
    screen = NULL;
    close_files();
}

void CCurses_leave(void) {
    if (!isendwin()) endwin();
    // curses restores the modes it saw; ours are older by a few calls.
    tcsetattr(rescue.output, TCSADRAIN, &rescue.modes);
    CCurses_set_rescue(NULL);
}

void CCurses_enter(void) {
    CCurses_set_rescue(&rescue);
    // The shell had the tty meanwhile, perhaps without our leaving it (SIGSTOP). After endwin the
    // next update sets modes, keypad and cursor anew. Not twice: leaving the alternate screen again
    // would put the cursor where the shell's was before.
    if (!isendwin()) endwin();
    clearok(curscr, TRUE);
}

// MARK: Size

void CCurses_size(int *columns, int *rows) {
    struct winsize size;
    *columns = *rows = 0;
    if (ioctl(rescue.output, TIOCGWINSZ, &size) == 0) {
        *columns = size.ws_col;
        *rows = size.ws_row;
    }
    if (*columns == 0) *columns = tigetnum("cols");
    if (*rows == 0) *rows = tigetnum("lines");
    if (*columns <= 0) *columns = 80;
    if (*rows <= 0) *rows = 24;
}

void CCurses_resize(int columns, int rows) {
    resizeterm(rows, columns);
    werase(stdscr);
    clearok(curscr, TRUE);
}

// MARK: Drawing

int CCurses_colors(void) { return COLORS; }

void CCurses_set_pair(int pair, int foreground, int background) {
    init_pair((short)pair, (short)foreground, (short)background);
}

void CCurses_put(int column, int row, const wchar_t *text, int attributes, int pair) {
    attr_t curses_attributes = A_NORMAL;
    if (attributes & CCurses_bold) curses_attributes |= A_BOLD;
    if (attributes & CCurses_reverse) curses_attributes |= A_REVERSE;
    if (attributes & CCurses_underline) curses_attributes |= A_UNDERLINE;
    cchar_t cell;
    if (setcchar(&cell, text, curses_attributes, (short)pair, NULL) != OK) return;
    // In the last column of the last row this answers ERR, since the cursor cannot move on.
    mvadd_wch(row, column, &cell);
}

void CCurses_update(int column, int row) {
    // Nobody sees where a hidden cursor is left.
    leaveok(stdscr, column < 0);
    if (column < 0) {
        curs_set(0);
    } else {
        move(row, column);
        curs_set(1);
    }
    wnoutrefresh(stdscr);
    doupdate();
}

void CCurses_redraw(void) { clearok(curscr, TRUE); }

// MARK: Keys

static enum CCurses_key named_key(wint_t code, uint32_t *number) {
    switch (code) {
    case KEY_UP: return CCurses_up;
    case KEY_DOWN: return CCurses_down;
    case KEY_LEFT: return CCurses_left;
    case KEY_RIGHT: return CCurses_right;
    case KEY_HOME: return CCurses_home;
    case KEY_END: case KEY_LL: return CCurses_end;
    case KEY_PPAGE: return CCurses_page_up;
    case KEY_NPAGE: return CCurses_page_down;
    case KEY_BACKSPACE: return CCurses_backspace;
    case KEY_DC: return CCurses_delete;
    case KEY_ENTER: return CCurses_enter_key;
    default:
        if (code > KEY_F0 && code <= KEY_F(63)) {
            *number = code - KEY_F0;
            return CCurses_function;
        }
        return CCurses_other;
    }
}

enum CCurses_key CCurses_next_key(uint32_t *code) {
    wint_t key;
    int result = get_wch(&key);
    if (result == ERR) return CCurses_none;
    *code = key;
    return result == KEY_CODE_YES ? named_key(key, code) : CCurses_character;
}

int CCurses_width(wchar_t character) { return wcwidth(character); }

// MARK: Locale

static bool is_utf8(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

static bool asks_for_utf8(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        const char *value = getenv(names[index]);
        if (value && *value) return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

// Only the static file has it: Scripts/static/parts.c.
bool CCurses_load_utf8(void) __attribute__((weak));

bool CCurses_uses_utf8(void) {
    // The locales of the box may be of another glibc, and other character sets need its modules.
    if (CCurses_load_utf8) return asks_for_utf8() && CCurses_load_utf8() && is_utf8();
    if (setlocale(LC_CTYPE, "") && is_utf8()) return true;
    // A locale that is wanted but not installed, as ssh brings it along: the terminal at the
    // other end is UTF-8 all the same.
    return asks_for_utf8() && setlocale(LC_CTYPE, "C.UTF-8") && is_utf8();
}
