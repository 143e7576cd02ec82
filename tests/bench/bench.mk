# make bench: fairlead beside HAProxy, nginx and a bare pump; BENCH_QUICK=1 for a short run.
# make bench-chart: takes the chart of the last run as the one that the README shows.

BENCH_DIR = tests/bench
BENCH_OUT = $(BUILD)/bench
BENCH_BIN = $(BENCH_OUT)/load $(BENCH_OUT)/stub $(BENCH_OUT)/pump

$(BENCH_OUT)/load: $(BUILD)/$(BENCH_DIR)/load.o $(BUILD)/$(BENCH_DIR)/session.o $(BUILD)/$(BENCH_DIR)/share.o
$(BENCH_OUT)/stub: $(BUILD)/$(BENCH_DIR)/stub.o
$(BENCH_OUT)/pump: $(BUILD)/$(BENCH_DIR)/pump.o
# OpenSSL goes into the load generator whole: were its pages shared with what is measured, that would look smaller.
$(BENCH_OUT)/load: BENCH_LIBS = -Wl,-Bstatic -lssl -lcrypto -Wl,-Bdynamic -ldl
$(BENCH_OUT)/pump: BENCH_LIBS = -lssl -lcrypto
$(BENCH_BIN):
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(BENCH_LIBS) -lpthread

bench-build: $(BENCH_BIN)

bench: all bench-build
	/usr/bin/python3 $(BENCH_DIR)/bench.py --build $(BUILD)

bench-chart:
	cp $(BENCH_OUT)/bench.svg $(BENCH_DIR)/bench.svg

.PHONY: bench bench-build bench-chart

-include $(patsubst %,$(BUILD)/$(BENCH_DIR)/%.d,load session share stub pump)
