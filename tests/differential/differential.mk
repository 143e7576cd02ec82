# The gateway's reading of JSON bodies beside Go's encoding/json, with which engines read them.
DIFFERENTIAL_COUNT ?= 1000

$(BUILD)/tests/differential/judge: $(BUILD)/tests/differential/judge.o $(BUILD)/libfairlead.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# The standard library alone: nothing is fetched.
$(BUILD)/tests/differential/decode: tests/differential/decode.go
	@mkdir -p $(@D)
	GO111MODULE=off GOFLAGS= GOCACHE=$(abspath $(BUILD))/tests/differential/cache go build -o $@ $<

differential: $(BUILD)/tests/differential/judge $(BUILD)/tests/differential/decode
	/usr/bin/python3 tests/differential/run.py $^ $(DIFFERENTIAL_COUNT)

.PHONY: differential

-include $(BUILD)/tests/differential/judge.d
