# Real clients against a real engine, through the gateway.
NODE_CLIENT = $(BUILD)/clients/node_modules/dockerode/package.json

$(NODE_CLIENT): tests/clients/package.json tests/clients/package-lock.json
	@mkdir -p $(BUILD)/clients
	cp $^ $(BUILD)/clients/
	cd $(BUILD)/clients && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null
	@touch $@

clients: all $(NODE_CLIENT)
	/usr/bin/python3 tests/clients/run.py --build $(BUILD)

.PHONY: clients
