/// What Swift cannot import from ncurses and from signal handling. Every shim says why it exists.
///
/// CCurses.c alone includes curses.h, whose macros (`add`, `move`, `clear`, `timeout`, ...) and
/// global variables no other file should see.
#ifndef CCURSES_H
#define CCURSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

// MARK: Terminal

/// Whether a description of this name can be found and can address the cursor. `setupterm` and
/// `tigetstr` answer with pointers that are errors, and with global state to be dropped again.
bool CCurses_describes(const char *name, int output);

/// How many colours the description of this name has; -1 for none, or without a description.
int CCurses_described_colors(const char *name, int output);

/// Opens the screen: `newterm`, then cbreak, no echo, keypad, no delay, Escape after 25 ms,
/// alternate screen, hidden cursor. One call, because the modes live in curses' globals and
/// because the tty's own modes must be kept before any of them is set.
/// Colours are asked for only when `wants_color`.
bool CCurses_open(const char *name, int input, int output, bool wants_color);

/// Restores the tty as it was before `CCurses_open` and frees the screen.
void CCurses_close(void);

/// Leaves the screen for a while, and comes back to it. `endwin` has no opposite by name.
void CCurses_leave(void);
void CCurses_enter(void);

/// The size that the tty has now: `TIOCGWINSZ` is a macro. Where the tty does not know (a serial
/// line), the environment's or the description's size.
void CCurses_size(int *columns, int *rows);

/// Takes over a new size, 1x1 at least. After this all cells are blank and will be sent.
void CCurses_resize(int columns, int rows);

/// How many colours there are: `COLORS` is a global that is set late.
int CCurses_colors(void);

/// Chooses what colour pair `pair` draws with; -1 is the terminal's default.
void CCurses_set_pair(int pair, int foreground, int background);

/// Attributes; the constants of curses are macros of casts and shifts.
enum { CCurses_bold = 1, CCurses_reverse = 2, CCurses_underline = 4 };

/// Puts one cell: a character and its marks, ended by 0. `cchar_t` is opaque and is only built by
/// `setcchar`.
void CCurses_put(
    int column, int row, const wchar_t *text, int attributes, int pair);

/// Sends what changed, with the cursor at a place, or hidden when `column` is negative.
void CCurses_update(int column, int row);

/// Has the next update send everything.
void CCurses_redraw(void);

/// What has arrived from the keyboard; `KEY_*` are macros.
enum CCurses_key {
    CCurses_none,
    CCurses_character,
    CCurses_up,
    CCurses_down,
    CCurses_left,
    CCurses_right,
    CCurses_home,
    CCurses_end,
    CCurses_page_up,
    CCurses_page_down,
    CCurses_backspace,
    CCurses_delete,
    CCurses_enter_key,
    CCurses_function,
    /// A key that means nothing here.
    CCurses_other,
};

/// The next key and its code: the character's, or the number of a function key. Never waits,
/// but for the 25 ms after an Escape.
enum CCurses_key CCurses_next_key(uint32_t *code);

/// `wcwidth`, which needs `_XOPEN_SOURCE`: the columns that curses will count for a character.
int CCurses_width(wchar_t character);

// MARK: Locale

/// Takes over the user's character set and says whether it is UTF-8. `setlocale` and
/// `nl_langinfo(CODESET)` take macros, and the order of attempts belongs together.
bool CCurses_uses_utf8(void);

// MARK: Signals

/// Bits of `CCurses_take_signals`.
enum {
    CCurses_signal_resize = 1,
    CCurses_signal_interrupt = 2,
    CCurses_signal_terminate = 4,
    CCurses_signal_hangup = 8,
    CCurses_signal_suspend = 16,
    CCurses_signal_continue = 32,
};

/// Installs the handlers and returns a descriptor that can be read once a signal has come, or -1.
/// Handlers may only call what signal-safety(7) lists, which Swift code cannot promise.
int CCurses_install_signals(void);

/// Has the tty restored by force, and the process ended, if `CCurses_close` takes longer than a
/// second: it waits for the tty to take its last bytes. Ended by `CCurses_remove_signals`.
void CCurses_guard_close(void);

/// Puts back the handlers that were there before.
void CCurses_remove_signals(void);

/// The signals that have come since the last call.
unsigned CCurses_take_signals(void);

/// Stops the process as SIGTSTP does by default; returns when it goes on.
void CCurses_stop(void);

/// Ends the process by a signal's default action, so that its parent sees why.
void CCurses_die(int signal);

#endif
