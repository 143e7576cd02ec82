# Two tenants side by side on a real engine.
tenants: all $(NODE_CLIENT)
	/usr/bin/python3 tests/tenants/run.py --build $(BUILD)

.PHONY: tenants
