# The processes: start, reload, stop, death; with a small engine of their own.
run-test: $(BUILD)/fairlead
	@for t in reload stop admin; do \
		FAIRLEAD=$< /usr/bin/python3 tests/run/test_$$t.py || exit 1; \
	done

.PHONY: run-test
