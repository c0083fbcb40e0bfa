# make         builds build/rapport                            make run     and starts it
# make test    builds and runs the tests                       make check   all that CI runs
# make bench   the figures of bench/                           make eval    checks on real data
# make fuzz    a minute per target                             make soak    hours: fuzz, kills
# make unit    the unit tests alone, with sanitizers           make format  clang-format on all

ifeq ($(origin CC),default) # make predefines CC, so ?= would keep `cc`
CC := gcc
endif
STD      := -std=c17 -D_GNU_SOURCE -Isrc -include base/banned.h
WARNINGS := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion \
            -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wvla -Wformat=2 -Wundef \
            -Wcast-qual -Wwrite-strings -Wdouble-promotion -Wimplicit-fallthrough
LIBS     := -lmicrohttpd -lsqlite3 -ljansson -lsodium -licuuc -licui18n -lz -lm -lpthread
# FOLDERS="base store" builds and tests those alone, say while another folder is being changed.
FOLDERS  ?=
TREES    := $(if $(FOLDERS),$(addprefix src/,$(FOLDERS)),src)
SOURCES  := $(sort $(shell find $(TREES) -name '*.c'))
HEADERS  := $(sort $(shell find $(TREES) -name '*.h'))
FUZZERS  := $(filter %_fuzz.c,$(SOURCES))
TESTS    := $(filter %_test.c,$(SOURCES)) src/base/test.c
PROGRAM  := $(filter-out $(FUZZERS) $(TESTS) src/main.c,$(SOURCES))

# Both compilers know the first set, gcc 12 alone the second.
HARDEN_gcc := -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr \
              -Wbidi-chars=any -Wtrampolines -Warray-parameter -Wuse-after-free=3
HARDEN   := -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
            $(if $(filter x86_64,$(shell uname -m)),-fcf-protection=full) -fno-strict-aliasing \
            -fno-strict-overflow -fno-delete-null-pointer-checks -fPIE $(HARDEN_$(CC))
# What is fuzzed parses outside bytes: there an overflow ends the program even in release.
TRAP     := -fsanitize=bounds,signed-integer-overflow -fsanitize-undefined-trap-on-error

# One build folder per compiler and flavour, so switching never rebuilds: make unit CC=clang FLAVOUR=tsan
FLAVOUR  ?= asan
FLAGS_asan      := -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_tsan      := -g -O1 -fsanitize=thread
FLAGS_fuzz      := -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FLAGS_release   := -g $(HARDEN)
FLAGS_cover     := -g -O0 --coverage
LDFLAGS_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
OUT      ?= build
BUILD    := $(OUT)/$(CC)-$(FLAVOUR)
CFLAGS   := $(STD) $(WARNINGS) $(FLAGS_$(FLAVOUR))
LINK      = $(CC) $(CFLAGS) $(LDFLAGS_$(FLAVOUR))
OBJECTS   = $(patsubst src/%.c,$(BUILD)/%.o,$(1))
JOBS     := $(shell nproc)
Q        := $(if $(V),,@)# make V=1 shows the commands

build: ; @$(MAKE) --no-print-directory -j$(JOBS) CC=gcc FLAVOUR=release $(OUT)/rapport

run:
	@tools/install run
	@[ -x $(OUT)/rapport ] || echo "Building Rapport, a minute or two."
	@$(MAKE) --no-print-directory -s build
	@exec $(OUT)/rapport serve

unit: $(BUILD)/test ; $(abspath $<)

test:
	@tools/install test
	@tools/steps $(OUT) -j$(JOBS) step-program step-unit step-peers step-outside step-browser

check: export CHECK = 1
check:
	@tools/install check
	@tools/steps $(OUT) -j$(JOBS) $(STEPS)

# ---- the program and the unit tests

EMBED    := $(OUT)/embed
MIGRATIONS := $(wildcard src/store/sql/*.sql)

$(OUT)/rapport: $(OUT)/gcc-release/rapport ; @cp $< $@.part && mv $@.part $@

$(BUILD)/rapport: $(BUILD)/embed/assets_table.o $(call OBJECTS,$(PROGRAM) src/main.c) $(BUILD)/embed/migrations.o
	@echo "  link $@"
	$(Q)$(LINK) $^ $(LIBS) -o $@

$(BUILD)/test: $(call OBJECTS,$(PROGRAM) $(TESTS)) $(if $(MIGRATIONS),$(BUILD)/embed/migrations.o)
	@echo "  link $@"
	$(Q)$(LINK) -Wl,--wrap=sqlite3_step,--wrap=sqlite3_prepare_v3 $^ $(LIBS) -o $@

ifeq ($(FLAVOUR),release)
$(patsubst src/%_fuzz.c,$(BUILD)/%.o,$(FUZZERS)): CFLAGS += $(TRAP)
endif

COMMIT   := $(shell git rev-parse --short HEAD 2>/dev/null)
$(BUILD)/main.o: CFLAGS += $(if $(COMMIT),-DRAPPORT_COMMIT='"$(COMMIT)"')
$(BUILD)/main.o: $(OUT)/commit/$(or $(COMMIT),none)
$(OUT)/commit/%: ; @rm -rf $(@D) && mkdir -p $(@D) && touch $@

$(BUILD)/%.o: src/%.c
	@mkdir -p $(@D)
	@echo "  $(CC) $<"
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/embed/%.o: $(EMBED)/%.c
	@mkdir -p $(@D)
	@echo "  $(CC) $<"
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(EMBED)/migrations.c: $(MIGRATIONS) tools/embed_migrations
	@mkdir -p $(@D)
	$(Q)tools/embed_migrations $@

# ---- the web application: build/tool is a Node of our own where the system's is too old for Vite

NODE     := node@24.21.0 npm@11.21.2
TOOL     := $(abspath $(OUT)/tool)
NODE_PATH := PATH="$(TOOL)/node_modules/.bin:$$PATH"
NPM      := $(NODE_PATH) npm --no-audit --no-fund --no-update-notifier --loglevel=error
WEB_FILES := $(shell find web -name node_modules -prune -o -name dist -prune \
             -o -type f -print 2>/dev/null)
# WEB=no leaves web/dist as it is.
WEB      ?= $(if $(wildcard web/package.json),yes,no)

$(TOOL)/ready:
	@mkdir -p $(@D)
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b >= 19) ? 0 : 1)' || \
	    npm install --no-audit --no-fund --loglevel=error --prefix $(TOOL) $(NODE)
	@touch $@

web/node_modules/ready: web/package-lock.json $(TOOL)/ready
	$(Q)cd web && $(NPM) ci --ignore-scripts
	@touch $@

$(OUT)/web-built: $(if $(filter yes,$(WEB)),$(WEB_FILES) web/node_modules/ready)
	$(Q)$(if $(filter yes,$(WEB)),cd web && $(NPM) run --silent build)
	@mkdir -p $(@D)
	@touch $@

$(EMBED)/assets_table.c: $(OUT)/web-built tools/embed_assets.mjs tools/openapi.mjs $(wildcard src/*/openapi.json)
	@mkdir -p $(@D)
	$(Q)$(NODE_PATH) node tools/embed_assets.mjs $(EMBED)/assets
	@mv $(EMBED)/assets/assets_table.c $@

# ---- what `make check` runs besides the tests

include tools/check.mk

clean: ; rm -rf $(OUT) compile_commands.json web/dist web/node_modules test/node_modules
.DEFAULT_GOAL := build
.PHONY: build run unit test check clean
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
