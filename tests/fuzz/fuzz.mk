# Fuzz targets: every tests/fuzz/fuzz_NAME.c is a program, its seeds are in tests/fuzz/corpus/NAME.
# fuzz-build builds all, fuzz runs each for FUZZ_SECONDS. What a run finds stays in $(BUILD)/fuzz:
# new inputs in corpus/NAME, what made it fail in crash-NAME-*.

FUZZ_CC ?= clang-14
FUZZ_SECONDS ?= 5
FUZZ_MAX_LEN ?= 4096
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZBIN := $(FUZZ:%=$(BUILD)/fuzz/fuzz_%)
FUZZOBJ := $(LIBOBJ:$(BUILD)/%=$(BUILD)/fuzz/%)
FUZZ_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Igateway -Itests/fuzz -O1 -g -fno-omit-frame-pointer \
	-Wall $(if $(WERROR),-Werror) $(shell pkg-config --cflags $(PKGS)) -MMD -MP \
	-fno-sanitize-recover=all $(CFLAGS)

$(BUILD)/fuzz/gateway/%.o: gateway/%.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

$(BUILD)/fuzz/gateway.a: $(FUZZOBJ)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(BUILD)/fuzz/gateway.a
	$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer,address,undefined -o $@ $< $(BUILD)/fuzz/gateway.a $(LIBS)

fuzz-build: $(FUZZBIN)

fuzz: $(FUZZ:%=fuzz-%)

# First the seeds and what was found before, all of them; then new inputs for the time given.
$(FUZZ:%=fuzz-%): fuzz-%: $(BUILD)/fuzz/fuzz_%
	@mkdir -p $(BUILD)/fuzz/corpus/$*
	@echo "fuzz $* for $(FUZZ_SECONDS) s"
	@$< -max_total_time=$(FUZZ_SECONDS) -max_len=$(FUZZ_MAX_LEN) -timeout=10 -verbosity=0 \
		-print_final_stats=1 -artifact_prefix=$(BUILD)/fuzz/crash-$*- \
		$(BUILD)/fuzz/corpus/$* $(wildcard tests/fuzz/corpus/$*) >$(BUILD)/fuzz/$*.log 2>&1 || \
		{ tail -60 $(BUILD)/fuzz/$*.log; exit 1; }
	@grep -E 'number_of_executed_units' $(BUILD)/fuzz/$*.log

.PHONY: fuzz-build fuzz $(FUZZ:%=fuzz-%)

-include $(FUZZOBJ:.o=.d) $(FUZZBIN:%=%.d)
