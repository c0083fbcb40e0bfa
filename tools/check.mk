# The steps of `make check`, each runnable alone: make step-tidy. A step leaves its output in
# build/steps/NAME.log and its counts in NAME.result; tools/steps runs them and adds them up.

STEPS := step-program step-unit step-unit-clang step-unit-tsan step-web step-code step-format step-shell \
         step-headers step-cppcheck step-tidy step-analyzer step-fuzz step-peers step-outside step-browser
STEP   = @tools/step $(OUT)/steps/$(@:step-%=%)

step-program:    ; $(STEP) $(MAKE) build
step-unit:       ; @rm -f $(OUT)/queries
	$(STEP) env RAPPORT_QUERIES=$(abspath $(OUT)/queries) $(MAKE) unit CC=gcc FLAVOUR=asan
step-unit-clang: ; $(STEP) $(MAKE) unit CC=clang FLAVOUR=asan
step-unit-tsan:  ; $(STEP) $(MAKE) unit CC=clang FLAVOUR=tsan
step-code:       ; $(STEP) tools/check_code
step-format:     ; $(STEP) clang-format --dry-run -Werror $(HEADERS) $(SOURCES) $(wildcard bench/*.c)
step-shell:      ; $(STEP) shellcheck -S warning $(shell grep -lE '^.!/bin/(ba)?sh' -r tools test bench .ci --exclude-dir=node_modules)
step-headers:    ; $(STEP) $(MAKE) headers
step-tidy:       ; $(STEP) $(MAKE) -k tidy
step-analyzer:   ; $(STEP) $(MAKE) -k analyzer
step-cppcheck:   ; $(STEP) $(MAKE) cppcheck
step-fuzz:       ; $(STEP) $(MAKE) fuzz SECONDS=5
step-web: step-program
	$(STEP) sh -c 'cd web && $(NODE_PATH) npm run --if-present check && $(NODE_PATH) npm test --if-present'
step-outside: step-program $(TOOL)/ready test/node_modules/ready
	$(STEP) env $(NODE_PATH) RAPPORT=$(abspath $(OUT)/rapport) \
	    node --test --test-reporter=spec --test-concurrency=1 $(or $(FILES),$(sort $(wildcard test/*_test.mjs)))

# The web application in a real browser.
step-browser: step-program $(TOOL)/ready test/node_modules/ready
	$(STEP) env $(NODE_PATH) RAPPORT=$(abspath $(OUT)/rapport) \
	    node --test --test-reporter=spec --test-concurrency=1 $(sort $(wildcard test/browser/*.test.mjs))

# What needs a real server of another kind: skipped where there is none, but not in `make check`.
step-peers: step-unit $(TOOL)/ready
	$(STEP) env $(NODE_PATH) RAPPORT_QUERIES=$(abspath $(OUT)/queries) \
	    node --test --test-reporter=spec $(sort $(wildcard test/peers/*_test.mjs))

test/node_modules/ready: test/package-lock.json $(TOOL)/ready
	cd test && $(NPM) ci --ignore-scripts
	@touch $@

comma   := ,
LINT    := $(OUT)/lint
# What cppcheck 2.10 says of these is wrong too often: it does not see through compound literals, out
# parameters and the minimum of two. clang-tidy and the sanitizers watch the same things.
GUESSES := --enable=warning,style,performance,portability --inline-suppr $(addprefix --suppress=, \
    missingIncludeSystem unusedStructMember constParameter shadowFunction redundantContinue redundantAssignment \
    knownConditionTrueFalse identicalInnerCondition duplicateCondition shiftTooManyBitsSigned internalAstError \
    uninitStructMember legacyUninitvar autoVariables)

# Each header must compile alone: it includes what it uses.
headers: $(HEADERS:src/%=$(LINT)/%.alone)
$(LINT)/%.alone: src/% $(HEADERS)
	@mkdir -p $(@D)
	@gcc $(STD) -Wall -Werror -fsyntax-only -include $< -x c /dev/null
	@touch $@

tidy: $(patsubst src/%.c,$(LINT)/%.tidy,$(filter-out src/base/test.c,$(SOURCES)))
$(LINT)/%.tidy: src/%.c $(HEADERS) .clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet $(if $(filter %_test.c %_fuzz.c,$<),--checks=-readability-magic-numbers$(comma)-concurrency-mt-unsafe$(comma)-cert-env33-c$(comma)-cert-err34-c) $< -- $(STD) $(WARNINGS) \
	    >$@.part 2>$@.errors || { cat $@.part $@.errors; exit 1; }
	@mv $@.part $@

# One file at a time at -O0: optimised, gcc 12 loses faults before the analyzer sees them.
analyzer: $(patsubst src/%.c,$(LINT)/%.analyzed,$(PROGRAM) $(wildcard src/main.c))
$(LINT)/%.analyzed: src/%.c $(HEADERS)
	@mkdir -p $(@D)
	@gcc $(STD) -fanalyzer -Wno-analyzer-use-of-uninitialized-value -Werror -c $< -o $@

cppcheck:
	@mkdir -p $(LINT)/cppcheck
	cppcheck -j2 -q --std=c11 $(GUESSES) --cppcheck-build-dir=$(LINT)/cppcheck --error-exitcode=1 \
	    -Isrc -U__clang__ src

format: ; clang-format -i $(HEADERS) $(SOURCES) $(wildcard bench/*.c)

# Fuzz targets are linked with what they need of the program: SECONDS of each, 60 unless told.
fuzz: ; @$(MAKE) --no-print-directory CC=clang FLAVOUR=fuzz fuzzers && \
    tools/fuzz $(OUT) $(or $(SECONDS),60) $(patsubst src/%_fuzz.c,$(OUT)/clang-fuzz/fuzz/%,$(FUZZERS))
fuzzers: $(patsubst src/%_fuzz.c,$(BUILD)/fuzz/%,$(FUZZERS))
$(BUILD)/fuzz/%: $(BUILD)/%_fuzz.o $(BUILD)/librapport.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fsanitize=fuzzer $^ $(LIBS) -o $@
$(BUILD)/librapport.a: $(call OBJECTS,$(PROGRAM)) $(BUILD)/embed/migrations.o $(BUILD)/embed/assets_none.o
	@rm -f $@
	@ar rcs $@ $^
$(EMBED)/assets_none.c:
	@mkdir -p $(@D)
	@printf '#include "http/assets.h"\nconst struct asset ASSETS[1];\nconst size_t ASSETS_COUNT = 0;\n' >$@

cover:
	$(MAKE) CC=gcc FLAVOUR=cover unit
	gcov -n -b $$(find $(OUT)/gcc-cover -name '*.gcda' ! -name '*_test.*') | grep -A2 "^File 'src"

# Hours: an hour of each fuzz target, 500 kills; the result goes into docs/soak.md.
soak:
	@tools/install check
	@tools/soak $(OUT)

bench: build
	@tools/install bench
	@$(NODE_PATH) node bench/run.mjs $(ONLY)

# Real data are not part of the source: DATA=/where/they/are
DATA ?= ../shared/data
eval: build
	@$(NODE_PATH) node test/eval.mjs $(DATA)

compile_commands.json: Makefile
	@( echo '['; sep=; for f in $(SOURCES); do \
	    printf '%s{"directory":"%s","file":"%s","command":"clang %s -c %s"}' \
	        "$$sep" "$(CURDIR)" "$$f" "$(STD) $(WARNINGS)" "$$f"; sep=','; done; echo ']' ) > $@

.SECONDARY: # keeps the objects of fuzz targets
.PHONY: $(STEPS) headers tidy analyzer cppcheck format fuzz fuzzers cover soak bench eval
