# The processes: start, reload, stop, death; with a small engine of their own.
run-test: $(BUILD)/fairlead
	FAIRLEAD=$< /usr/bin/python3 tests/run/test_run.py

.PHONY: run-test
