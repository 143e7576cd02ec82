# Scenarios of the whole gateway against a scripted engine, on the build with sanitizers.
SCENARIO_BUILD ?= build-san
SCENARIO_ARGS ?=

scenario:
	+@$(MAKE) --no-print-directory -s SAN=1 BUILD=$(SCENARIO_BUILD) $(SCENARIO_BUILD)/fairlead
	@/usr/bin/python3 tests/scenario/run.py --program $(SCENARIO_BUILD)/fairlead $(SCENARIO_ARGS)

# The same on the build that is installed: with its sandbox, and fast enough to lose races that sanitizers hide.
scenario-release:
	+@$(MAKE) --no-print-directory -s $(BUILD)/fairlead
	@/usr/bin/python3 tests/scenario/run.py --program $(BUILD)/fairlead $(SCENARIO_ARGS)

# That the harness sees faults: scenarios against a gateway that only splices.
scenario-selftest:
	@/usr/bin/python3 tests/scenario/selftest.py

.PHONY: scenario scenario-release scenario-selftest
