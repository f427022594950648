/// What CCurses.c tells Signals.c, so that a handler can restore the tty without curses.
#ifndef CCURSES_INTERNAL_H
#define CCURSES_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/// How the tty was before, and what ends the screen.
struct CCurses_rescue {
    int output;
    struct termios modes;
    char bytes[256];
    size_t length;
};

/// Keeps what is needed to restore the tty, from now on or (with NULL) no longer.
void CCurses_set_rescue(const struct CCurses_rescue *rescue);

#endif
