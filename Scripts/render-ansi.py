#!/usr/bin/python3
"""Draw a captured terminal screen as a picture.

    render-ansi.py SCREEN.ansi OUT.png [--columns N] [--rows N]

SCREEN.ansi is what `tmux capture-pane -e -p` prints: text with SGR sequences. Every character is
put into its own cell, so columns stay aligned whatever the font says; block elements, braille and
line drawing are drawn from their code points, so that neighbours touch.

Needs Debian's python3-pil and fonts-dejavu-core.
"""

import argparse
import re
import sys
import unicodedata
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw, ImageFont

FONT_FOLDER = "/usr/share/fonts/truetype/dejavu"
FONT_SIZE = 15  # DejaVu Sans Mono advances 9.03 pixels at 15: cells of whole pixels fit it
CELL_WIDTH, CELL_HEIGHT = 9, 18
MARGIN = 9

FOREGROUND = (211, 215, 207)
BACKGROUND = (24, 26, 31)
BASIC_COLOURS = [
    (46, 52, 54), (224, 72, 72), (115, 190, 60), (226, 187, 52),
    (88, 142, 222), (180, 120, 190), (60, 180, 190), (211, 215, 207),
    (120, 124, 118), (255, 100, 100), (150, 230, 90), (255, 225, 100),
    (130, 180, 255), (215, 160, 225), (100, 225, 230), (255, 255, 255),
]

# One sequence of an escape stream: CSI, OSC (ended by BEL or ST), or a two-byte escape.
ESCAPE = re.compile(r"\x1b(?:\[([0-9:;?<=>]*)([ -/]*[@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -~])")

# The VT100 line-drawing set, which tmux prints between SO and SI.
LINE_DRAWING = dict(zip(
    "`afgjklmnopqrstuvwxyz{|}~", "◆▒°±┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"))

# Light box-drawing characters, as the arms they have: left, right, up, down.
BOX_ARMS = {
    "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "├": "rud", "┤": "lud",
    "┬": "lrd", "┴": "lru", "┼": "lrud", "╴": "l", "╵": "u", "╶": "r", "╷": "d",
    "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu",
}


@dataclass(frozen=True)
class Style:
    foreground: tuple | None = None
    background: tuple | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


@dataclass(frozen=True)
class Cell:
    text: str
    width: int
    style: Style


def palette(index):
    """The RGB value of one of xterm's 256 colours."""
    if index < 16:
        return BASIC_COLOURS[index]
    if index < 232:
        steps = (0, 95, 135, 175, 215, 255)
        index -= 16
        return (steps[index // 36], steps[index // 6 % 6], steps[index % 6])
    grey = 8 + 10 * (index - 232)
    return (grey, grey, grey)


def extended_colour(codes):
    """Takes the rest of a 38 or 48 sequence off `codes`."""
    kind = codes.pop(0) if codes else None
    if kind == 5 and codes:
        return palette(min(255, codes.pop(0)))
    if kind == 2 and len(codes) >= 3:
        return tuple(min(255, codes.pop(0)) for _ in range(3))
    return None


def styled(style, parameters):
    """`style` after the SGR sequence with these parameters."""
    codes = [int(code or 0) for code in re.split("[;:]", parameters)]
    while codes:
        code = codes.pop(0)
        if code == 0:
            style = Style()
        elif code == 1:
            style = replace(style, bold=True)
        elif code == 2:
            style = replace(style, dim=True)
        elif code == 3:
            style = replace(style, italic=True)
        elif code == 4:
            style = replace(style, underline=True)
        elif code == 7:
            style = replace(style, reverse=True)
        elif code == 22:
            style = replace(style, bold=False, dim=False)
        elif code == 23:
            style = replace(style, italic=False)
        elif code == 24:
            style = replace(style, underline=False)
        elif code == 27:
            style = replace(style, reverse=False)
        elif 30 <= code <= 37:
            style = replace(style, foreground=palette(code - 30))
        elif code == 38:
            style = replace(style, foreground=extended_colour(codes))
        elif code == 39:
            style = replace(style, foreground=None)
        elif 40 <= code <= 47:
            style = replace(style, background=palette(code - 40))
        elif code == 48:
            style = replace(style, background=extended_colour(codes))
        elif code == 49:
            style = replace(style, background=None)
        elif 90 <= code <= 97:
            style = replace(style, foreground=palette(code - 90 + 8))
        elif 100 <= code <= 107:
            style = replace(style, background=palette(code - 100 + 8))
    return style


def columns_of(character):
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def parse(text):
    """The screen as rows of cells; a wide character is one cell of width 2."""
    rows, style, line_drawing = [], Style(), False
    for line in text.split("\n"):
        cells, position = [], 0
        while position < len(line):
            escape = ESCAPE.match(line, position)
            if escape:
                position = escape.end()
                if escape.group(2) == "m":
                    style = styled(style, escape.group(1))
                continue
            character = line[position]
            position += 1
            if character in "\x0e\x0f":
                line_drawing = character == "\x0e"
                continue
            if character < " ":
                continue
            if line_drawing:
                character = LINE_DRAWING.get(character, character)
            width = columns_of(character)
            if width == 0 and cells:
                cells[-1] = replace(cells[-1], text=cells[-1].text + character)
            elif width > 0:
                cells.append(Cell(character, width, style))
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def colours(style):
    foreground = style.foreground or FOREGROUND
    background = style.background or BACKGROUND
    if style.reverse:
        foreground, background = background, foreground
    if style.dim:
        foreground = tuple((2 * f + b) // 3 for f, b in zip(foreground, background))
    return foreground, background


def blend(foreground, background, share):
    return tuple(round(b + (f - b) * share) for f, b in zip(foreground, background))


def draw_block(draw, code, left, top, foreground, background):
    """A block element, U+2580 to U+259F."""
    width, height = CELL_WIDTH, CELL_HEIGHT
    middle_x, middle_y = left + width // 2, top + height // 2

    def box(x0, y0, x1, y1, colour=foreground):
        if x1 > x0 and y1 > y0:
            draw.rectangle((x0, y0, x1 - 1, y1 - 1), fill=colour)

    right, bottom = left + width, top + height
    if code == 0x2580:
        box(left, top, right, middle_y)
    elif 0x2581 <= code <= 0x2588:
        box(left, bottom - round(height * (code - 0x2580) / 8), right, bottom)
    elif 0x2589 <= code <= 0x258F:
        box(left, top, left + max(1, round(width * (0x2590 - code) / 8)), bottom)
    elif code == 0x2590:
        box(middle_x, top, right, bottom)
    elif 0x2591 <= code <= 0x2593:
        box(left, top, right, bottom, blend(foreground, background, (code - 0x2590) / 4))
    elif code == 0x2594:
        box(left, top, right, top + max(1, height // 8))
    elif code == 0x2595:
        box(right - max(1, width // 8), top, right, bottom)
    else:
        # Quadrants: upper left, upper right, lower left, lower right.
        quadrants = {
            0x2596: "0010", 0x2597: "0001", 0x2598: "1000", 0x2599: "1011", 0x259A: "1001",
            0x259B: "1110", 0x259C: "1101", 0x259D: "0100", 0x259E: "0110", 0x259F: "0111",
        }[code]
        if quadrants[0] == "1":
            box(left, top, middle_x, middle_y)
        if quadrants[1] == "1":
            box(middle_x, top, right, middle_y)
        if quadrants[2] == "1":
            box(left, middle_y, middle_x, bottom)
        if quadrants[3] == "1":
            box(middle_x, middle_y, right, bottom)


def draw_braille(draw, code, left, top, foreground):
    """A braille pattern: bits 0..2 and 6 are the left column, 3..5 and 7 the right."""
    places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    for bit, (column, row) in enumerate(places):
        if (code - 0x2800) >> bit & 1:
            x, y = left + 2 + 4 * column, top + 2 + row * 4
            draw.rectangle((x, y, x + 1, y + 1), fill=foreground)


def draw_box(draw, arms, left, top, foreground):
    x, y = left + CELL_WIDTH // 2, top + CELL_HEIGHT // 2
    right, bottom = left + CELL_WIDTH - 1, top + CELL_HEIGHT - 1
    ends = {"l": (left, y, x, y), "r": (x, y, right, y), "u": (x, top, x, y), "d": (x, y, x, bottom)}
    for arm in arms:
        draw.line(ends[arm], fill=foreground)


class Painter:
    def __init__(self):
        self.regular = ImageFont.truetype(f"{FONT_FOLDER}/DejaVuSansMono.ttf", FONT_SIZE)
        self.bold = ImageFont.truetype(f"{FONT_FOLDER}/DejaVuSansMono-Bold.ttf", FONT_SIZE)
        ascent, descent = self.regular.getmetrics()
        self.baseline = (CELL_HEIGHT - ascent - descent) // 2 + ascent

    def paint(self, rows, columns, lines):
        size = (columns * CELL_WIDTH + 2 * MARGIN, lines * CELL_HEIGHT + 2 * MARGIN)
        image = Image.new("RGB", size, BACKGROUND)
        draw = ImageDraw.Draw(image)
        for row, cells in enumerate(rows[:lines]):
            left, top = MARGIN, MARGIN + row * CELL_HEIGHT
            for cell in cells:
                if left + cell.width * CELL_WIDTH > MARGIN + columns * CELL_WIDTH:
                    break
                self.draw_cell(draw, cell, left, top)
                left += cell.width * CELL_WIDTH
        return image

    def draw_cell(self, draw, cell, left, top):
        foreground, background = colours(cell.style)
        right, bottom = left + cell.width * CELL_WIDTH - 1, top + CELL_HEIGHT - 1
        if background != BACKGROUND:
            draw.rectangle((left, top, right, bottom), fill=background)
        code = ord(cell.text[0])
        if 0x2580 <= code <= 0x259F:
            draw_block(draw, code, left, top, foreground, background)
        elif 0x2800 <= code <= 0x28FF:
            draw_braille(draw, code, left, top, foreground)
        elif cell.text[0] in BOX_ARMS:
            draw_box(draw, BOX_ARMS[cell.text[0]], left, top, foreground)
        elif not cell.text.isspace():
            font = self.bold if cell.style.bold else self.regular
            draw.text((left, top + self.baseline), cell.text, font=font, fill=foreground,
                      anchor="ls")
        if cell.style.underline:
            draw.line((left, bottom - 1, right, bottom - 1), fill=foreground)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("screen", help="a capture with SGR sequences, - for standard input")
    options.add_argument("picture", help="the PNG file to write")
    options.add_argument("--columns", type=int, help="width of the screen (widest row by default)")
    options.add_argument("--rows", type=int, help="height of the screen (rows captured by default)")
    arguments = options.parse_args()

    source = sys.stdin.buffer if arguments.screen == "-" else open(arguments.screen, "rb")
    with source:
        rows = parse(source.read().decode("utf-8", "replace"))
    widest = max((sum(cell.width for cell in row) for row in rows), default=1)
    image = Painter().paint(rows, arguments.columns or max(1, widest),
                            arguments.rows or max(1, len(rows)))
    # A palette of 64 keeps the files small; text on few colours loses nothing visible.
    image.quantize(64, dither=Image.Dither.NONE).save(arguments.picture, optimize=True)


if __name__ == "__main__":
    main()
