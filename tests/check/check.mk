# make check: laws of the source, the documents and the binary. make lint: static analysis.
# make man: the option list of the man page. make format: lays out all of the source.

PYTHON = /usr/bin/python3
FORMATTED = $(wildcard gateway/*/*.[ch] tests/*/*.[ch])
LINT_FILES ?= $(SRC)

check: check-self check-source check-format check-headers check-warnings check-binary check-docs check-program

check-self:
	$(PYTHON) tests/check/selftest.py

check-source:
	$(PYTHON) tests/check/source.py .

check-format:
	@for f in $(FORMATTED); do \
		clang-format --dry-run -Werror $$f >/dev/null 2>&1 || \
			{ echo "$$f: is not laid out; run \"make format\""; bad=1; }; \
	done; test -z "$$bad"

check-headers:
	sh tests/check/headers.sh .

# Both compilers, all warnings of the Makefile, unit tests included.
check-warnings:
	+$(MAKE) -s CC=gcc BUILD=$(BUILD)/check-gcc WERROR=1 SAN= all unit-build
	+$(MAKE) -s CC=clang BUILD=$(BUILD)/check-clang WERROR=1 SAN= all unit-build

check-binary: check-warnings
	sh tests/check/binary.sh $(BUILD)/check-gcc/fairlead

check-docs: check-warnings
	$(PYTHON) tests/check/man.py compare $(BUILD)/check-gcc/fairlead config/fairlead.8
	$(PYTHON) tests/check/docs.py $(BUILD)/check-gcc/fairlead .

check-program: check-warnings
	$(PYTHON) tests/check/program.py $(BUILD)/check-gcc/fairlead

man: $(BUILD)/fairlead
	$(PYTHON) tests/check/man.py write $(BUILD)/fairlead config/fairlead.8

format:
	clang-format -i $(FORMATTED)

lint:
	sh tests/check/lint.sh $(LINT_FILES)

.PHONY: check check-self check-source check-format check-headers check-warnings check-binary \
	check-docs check-program man format lint
