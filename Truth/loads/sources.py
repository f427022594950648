# sources.py FILES FUNCTIONS: C files, and a Makefile for them.
import sys

files, functions = map(int, sys.argv[1:])
for number in range(files):
    with open(f"f{number}.c", "w") as file:
        file.write("#include <stdio.h>\n")
        file.writelines(
            f"int f{i}(int *a, int n) {{ int s = 0; for (int i = 0; i < n; i++) s += a[i] * {i}; "
            "printf(\"%d\", s); return s; }\n" for i in range(functions))
with open("Makefile", "w") as file:
    file.write("all: $(patsubst %.c,%.o,$(wildcard f*.c))\n%.o: %.c\n\tgcc -O2 -c $<\n")
