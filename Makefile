# The two commands to know: `make run` and `make test`. `make help` lists the others.

SWIFT ?= swift
PREFIX ?= /usr/local
# Arguments for the dashboard: make run ARGS='--pid 2214'
ARGS ?=

# What is run and installed carries Swift's libraries in itself: less memory, a faster start, and no
# toolchain needed where it goes.
release = $(SWIFT) build --configuration release --static-swift-stdlib

packages = sh Scripts/install-packages
target = $(DESTDIR)$(PREFIX)
formatted = Sources Tests Benchmarks

# What the sources have to be like, before any test.
style = $(SWIFT) format lint --strict --parallel --recursive $(formatted) && Scripts/check-house

.PHONY: help run test check static demo bench screenshots truth man install format clean toolchain dashboard

help: ## list these commands
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s%s\n", $$1, $$2 }'

run: dashboard ## build the dashboard and start it
	@.build/release/dxtop $(ARGS)

test: toolchain ## check everything: style, unit tests, the whole program, its needs
	@$(packages) build test
	$(style)
	$(SWIFT) build --build-tests
	sh Scripts/check-needs .build/debug/dxtop
	sh Scripts/run-tests

check: toolchain ## check what takes a minute and needs no root: style, the house, pure tests
	$(style)
	$(SWIFT) build --build-tests
	sh Scripts/run-tests pure

# Compiled for size, not speed, and so in a folder of its own.
static: toolchain ## one file that needs no shared library: dist/dxtop-VERSION-MACHINE
	@$(packages) build static
	$(release) --product dxtop --scratch-path .build-static -Xswiftc -Osize \
		-Xswiftc -Xfrontend -Xswiftc -function-sections
	@mkdir -p dist
	sh Scripts/link-static .build-static/release dist/dxtop
	@sh Scripts/check-static dist/dxtop

demo: dashboard ## start a thread that spins, a service that grows, readers that lose, and the dashboard
	@$(packages) demo
	$(release) --product workload
	@sh Scripts/demo $(ARGS)

bench: dashboard ## measure dxtop beside htop, top, btop, atop, pidstat and ss
	@$(packages) bench
	$(release) --product workload
	$(release) --product long-run
	sh Benchmarks/run $(ARGS)

truth: dashboard ## put known faults and healthy loads before dxtop; see docs/FINDINGS.md
	@$(packages) truth
	$(release) --product workload
	Truth/run $(ARGS)

screenshots: dashboard ## take the pictures of the README again
	@$(packages) screenshots
	$(release) --product workload
	sh Scripts/screenshots

man: dashboard ## make the man page docs/dxtop.1 from the program and the tables of the README
	@$(packages) man
	Scripts/man-page .build/release/dxtop README.md >docs/dxtop.1

install: man ## install program, man page and shell completions under PREFIX, /usr/local by default
	install -D -m 755 .build/release/dxtop $(target)/bin/dxtop
	install -D -m 644 docs/dxtop.1 $(target)/share/man/man1/dxtop.1
	sh Scripts/install-completions .build/release/dxtop $(target)/share

format: toolchain ## put the sources into the one style
	$(SWIFT) format --in-place --parallel --recursive $(formatted)

clean: ## remove what was built
	rm -rf .build .build-static Benchmarks/.build dist

dashboard: toolchain
	@$(packages) build
	$(release) --product dxtop

toolchain:
	@command -v $(SWIFT) >/dev/null || { \
	    echo "dxtop: no Swift toolchain found. Install Swift 6.3 (swift.org/install/linux)," \
	        "put it on the PATH and try again." >&2; exit 1; }
