# The processes: start, reload, stop, death; with a small engine of their own. The sandbox's
# unit test runs here too: the sanitizers' build, in which unit tests run, has no sandbox.
run-test: $(BUILD)/fairlead $(BUILD)/tests/unit/sandbox
	$(BUILD)/tests/unit/sandbox
	FAIRLEAD=$(BUILD)/fairlead /usr/bin/python3 tests/run/all.py

.PHONY: run-test
