# The commands that give out credentials, and certs/make-certs.sh.
credential-test: $(BUILD)/fairlead
	/usr/bin/python3 tests/credential/commands.py $(BUILD)/fairlead

.PHONY: credential-test
