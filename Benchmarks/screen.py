"""The picture that a stream of bytes makes on an xterm, and what the bytes were for.

As much of ECMA-48 and of xterm's control sequences as ncurses, htop, btop and top use; what is not
known is counted, so that no figure rests on a wrong picture.
"""

import codecs
import re
import unicodedata
from collections import Counter

SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<private>[?>=]?)(?P<numbers>[0-9;:]*)(?P<final>[ -/]*[@-~])"
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()*+].|(?P<short>[78=>McDEHZ]))")
BLANK = (" ", ())


class Screen:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = [[BLANK] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.saved = (0, 0)
        self.top, self.bottom = 0, rows - 1
        self.style = ()
        self.last = " "
        # Bytes by what they were for: text, style, move, erase, mode.
        self.bytes = Counter()
        self.clears = 0
        self.unknown = Counter()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data):
        text = self._rest + self._decoder.decode(data)
        self._rest = ""
        position = 0
        while position < len(text):
            character = text[position]
            if character == "\x1b":
                match = SEQUENCE.match(text, position)
                if not match:
                    if len(text) - position < 64:  # the rest of it may follow
                        self._rest = text[position:]
                        return
                    self.unknown[text[position:position + 2]] += 1
                    position += 1
                    continue
                self.bytes[self._sequence(match)] += len(match[0].encode())
                position = match.end()
                continue
            position += 1
            if character < " ":
                self.bytes["move"] += 1
                self._control(character)
            else:
                self.bytes["text"] += len(character.encode())
                self._put(character)

    def text(self):
        return "\n".join("".join(cell[0] for cell in row).rstrip() for row in self.cells)

    def picture(self):
        return [list(row) for row in self.cells]

    def changed(self, picture):
        """How many cells look otherwise than in an earlier picture."""
        return sum(new != old for rows in zip(self.cells, picture) for new, old in zip(*rows))

    def changed_figures(self, picture):
        """How many words with a digit in them stand there that did not before."""
        count = 0
        for new, old in zip(self.cells, picture):
            text = "".join(cell[0] or " " for cell in new)
            count += sum(any(character.isdigit() for character in word[0])
                         and new[word.start():word.end()] != old[word.start():word.end()]
                         for word in re.finditer(r"\S+", text))
        return count

    # Single steps

    def _put(self, character):
        width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if unicodedata.combining(character):
            return
        if self.column + width > self.columns:
            self.column = 0
            self._line_feed()
        self.cells[self.row][self.column] = (character, self.style)
        if width == 2:
            self.cells[self.row][self.column + 1] = ("", self.style)
        self.column += width
        self.last = character

    def _control(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self._line_feed()
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, (self.column // 8 + 1) * 8)
        elif character not in "\x0e\x0f\x07\x00":
            self.unknown[repr(character)] += 1

    def _line_feed(self):
        if self.row == self.bottom:
            self._scroll(1)
        else:
            self.row = min(self.rows - 1, self.row + 1)

    def _scroll(self, count):
        """Up; down where it is negative."""
        part = self.cells[self.top:self.bottom + 1]
        count = max(-len(part), min(count, len(part)))
        blank = [[self._blank] * self.columns for _ in range(abs(count))]
        self.cells[self.top:self.bottom + 1] = (
            part[count:] + blank if count >= 0 else blank + part[:count])

    @property
    def _blank(self):
        # Erased cells take the background (bce), nothing else.
        return (" ", tuple(item for item in self.style if item[0] == "background"))

    def _erase(self, row, columns):
        for column in columns:
            self.cells[row][column] = self._blank

    def _sequence(self, match):
        final, short = match["final"], match["short"]
        if short:
            if short == "M":
                if self.row == self.top:
                    self._scroll(-1)
                else:
                    self.row = max(0, self.row - 1)
                return "move"
            if short in "78":
                if short == "7":
                    self.saved = (self.row, self.column)
                else:
                    self.row, self.column = self.saved
                return "move"
            return "mode"
        if final is None:
            return "mode"
        if final == "m":
            self._style(match["numbers"])
            return "style"
        if match["private"] or final in ("h", "l", "t", "c", "n", "q", " q", "!p"):
            return "mode"
        numbers = [int(part or 0) for part in re.split("[;:]", match["numbers"])]
        return self._act(final, numbers, max(1, numbers[0]))

    def _act(self, final, numbers, count):
        row, column = self.row, self.column
        line = self.cells[row]
        if final in "Hf":
            self.row = min(self.rows, count) - 1
            self.column = min(self.columns, max(1, numbers[1] if len(numbers) > 1 else 1)) - 1
        elif final == "G" or final == "`":
            self.column = min(self.columns, count) - 1
        elif final == "d":
            self.row = min(self.rows, count) - 1
        elif final == "A":
            self.row = max(0, row - count)
        elif final == "B":
            self.row = min(self.rows - 1, row + count)
        elif final == "C":
            self.column = min(self.columns - 1, column + count)
        elif final == "D":
            self.column = max(0, column - count)
        elif final == "r":
            self.top = count - 1
            self.bottom = min(self.rows, numbers[1] if len(numbers) > 1 else self.rows) - 1
            self.row = self.column = 0
        elif final == "b":
            for _ in range(count):
                self._put(self.last)
            return "text"
        else:
            return self._edit(final, numbers[0], count, line)
        return "move"

    def _edit(self, final, kind, count, line):
        row, column = self.row, self.column
        if final == "K":
            self._erase(row, (range(column, self.columns), range(column + 1),
                              range(self.columns))[kind])
        elif final == "J":
            if kind >= 2 or row == column == 0 and kind == 0:
                self.clears += 1
            first, last = {0: (row + 1, self.rows), 1: (0, row)}.get(kind, (0, self.rows))
            for other in range(first, last):
                self._erase(other, range(self.columns))
            if kind < 2:
                self._erase(row, range(column, self.columns) if kind == 0 else range(column + 1))
        elif final == "X":
            self._erase(row, range(column, min(self.columns, column + count)))
        elif final == "P":
            line[column:] = line[column + count:] + [self._blank] * min(count, self.columns - column)
        elif final == "@":
            line[column:] = ([self._blank] * count + line[column:])[:self.columns - column]
        elif final in "LM":
            top, self.top = self.top, row
            self._scroll(count if final == "M" else -count)
            self.top = top
        elif final in "ST":
            self._scroll(count if final == "S" else -count)
        else:
            self.unknown["CSI " + final] += 1
            return "mode"
        return "erase"

    def _style(self, text):
        style = dict(self.style)
        codes = [int(part or 0) for part in re.split("[;:]", text)]
        while codes:
            code = codes.pop(0)
            if code == 0:
                style = {}
            elif code in (38, 48):
                taken = 2 if codes and codes[0] == 5 else 4
                style["foreground" if code == 38 else "background"] = tuple(codes[:taken])
                del codes[:taken]
            elif 30 <= code <= 37 or 90 <= code <= 97:
                style["foreground"] = code
            elif 40 <= code <= 47 or 100 <= code <= 107:
                style["background"] = code
            elif code in (39, 49):
                style.pop("foreground" if code == 39 else "background", None)
            elif code in (22, 23, 24, 25, 27, 28, 29):
                for attribute in (1, 2) if code == 22 else (code - 20,):
                    style.pop(attribute, None)
            elif 1 <= code <= 9:
                style[code] = True
        self.style = tuple(sorted(style.items(), key=str))
