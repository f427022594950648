#!/bin/sh
# Writes Sources/CursesScreen/FallbackTerminal.swift from fallback-terminal.ti.
#
#     Scripts/fallback-terminal.sh > Sources/CursesScreen/FallbackTerminal.swift
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
compiled=$(mktemp -d)
trap 'rm -rf "$compiled"' EXIT
tic -o "$compiled" "$folder/fallback-terminal.ti"
hex=$(od -An -v -tx1 "$compiled/d/dxtop-fallback" | tr -d ' \n' | tr a-f A-F)
cat <<END
// Made by Scripts/fallback-terminal.sh from Scripts/fallback-terminal.ti; not to be edited.

/// A terminal description that needs no file, in the form that ncurses 6.1 and later take in the
/// environment variable \`TERMINFO\` (terminfo(5)).
enum FallbackTerminal {
    static let name = "dxtop-fallback"
    static let description = """
        hex:\\
END
printf '%s\n' "$hex" | fold -w 86 | sed 's/^/        /; s/$/\\/'
cat <<END

        """
}
END
