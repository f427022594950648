#!/usr/bin/env python3
"""Writes Sources/Screen/CharacterWidth+Table.swift from the Unicode character database.

    python3 -m pip install unicodedata2
    python3 Scripts/character-width.py > Sources/Screen/CharacterWidth+Table.swift

Python's own unicodedata is as old as the interpreter; unicodedata2 follows Unicode.
"""

import unicodedata2 as unicode

WIDE_BEFORE_ASSIGNMENT = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2FFFD), (0x30000, 0x3FFFD)]
"""Blocks that Unicode calls wide as a whole, assigned or not (EastAsianWidth.txt, heading)."""

JAMO_MEDIALS_AND_FINALS = [(0x1160, 0x11FF), (0xD7B0, 0xD7FF)]
"""Hangul parts that are drawn into the syllable of the leading part before them."""


def within(value, ranges):
    return any(low <= value <= high for low, high in ranges)


def width(value):
    character = chr(value)
    category = unicode.category(character)
    # Spacing marks (Mc) are left at 1, as terminals and glibc have them.
    if category in ("Mn", "Me", "Cf") or within(value, JAMO_MEDIALS_AND_FINALS):
        return 1 if value == 0xAD else 0
    if unicode.east_asian_width(character) in "WF" or within(value, WIDE_BEFORE_ASSIGNMENT):
        return 2
    return 1


def ranges(wanted):
    start = None
    for value in range(0x80, 0x110001):
        matches = value < 0x110000 and width(value) == wanted
        if matches and start is None:
            start = value
        elif not matches and start is not None:
            yield start, value - 1
            start = None


def table(name, about, wanted):
    print(f"    /// {about}")
    print(f"    static let {name}: [ClosedRange<UInt32>] = [")
    line = "       "
    for low, high in ranges(wanted):
        item = f" 0x{low:X}...0x{high:X},"
        if len(line + item) > 100:
            print(line)
            line = "       "
        line += item
    print(line)
    print("    ]")


print(f"// Made by Scripts/character-width.py from Unicode {unicode.unidata_version}; not to be edited.")
print()
print("extension CharacterWidth {")
table("zero", "Scalars that are drawn into the cell before them, or not at all.", 0)
print()
table("wide", "Scalars that take two columns.", 2)
print("}")
