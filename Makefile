# fairlead. Main targets: all, check, test, demo, bench, install.
# BUILD=DIR builds elsewhere; SAN=1 builds with ASan and UBSan; WERROR=1 makes warnings errors.

BUILD ?= build
PREFIX ?= /usr/local
CC = gcc
PKGS = libevent evhtp yajl openssl libseccomp zlib

FLOORS = base format state net contract auth policy watch front run cmd
SRC := $(foreach f,$(FLOORS),$(wildcard gateway/$(f)/*.c))
OBJ := $(SRC:%.c=$(BUILD)/%.o)
LIBOBJ := $(filter-out $(BUILD)/gateway/cmd/main.o,$(OBJ))

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wpointer-arith -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef \
	-Wvla -Wnull-dereference -Wswitch-enum -Wunused -Wno-format-nonliteral
HARDEN = -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
OPT = -O2 -g
ifneq ($(SAN),)
OPT = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
else
HARDEN += -D_FORTIFY_SOURCE=3
endif
ifneq ($(WERROR),)
WARN += -Werror
endif
CFLAGS ?=
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Igateway $(OPT) $(WARN) $(HARDEN) $(shell pkg-config --cflags $(PKGS)) -MMD -MP $(CFLAGS)
LDFLAGS ?=
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack $(LDFLAGS)
LIBS = $(shell pkg-config --libs $(PKGS)) -lpthread

all: $(BUILD)/fairlead

$(BUILD)/fairlead: $(BUILD)/gateway/cmd/main.o $(BUILD)/libfairlead.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libfairlead.a: $(LIBOBJ)
	@rm -f $@
	ar rcs $@ $^

# The dependencies name $(BUILD) itself: they hold when it is later written in another way, as a whole path say.
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MT '$$(BUILD)/$*.o' -c -o $@ $<

# Unit tests: every tests/unit/NAME.c is a program of its own.
UNIT := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
UNITBIN := $(UNIT:%=$(BUILD)/tests/unit/%)

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libfairlead.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

unit-build: $(UNITBIN)

# DESTDIR for packagers. A configuration that is there is left alone.
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
INSTALL ?= install

install: all
	$(INSTALL) -D -m 0755 $(BUILD)/fairlead $(DESTDIR)$(PREFIX)/bin/fairlead
	$(INSTALL) -D -m 0644 config/fairlead.8 $(DESTDIR)$(PREFIX)/share/man/man8/fairlead.8
	$(INSTALL) -D -m 0644 config/fairlead.json $(DESTDIR)$(PREFIX)/share/doc/fairlead/fairlead.json
	$(INSTALL) -d -m 0750 $(DESTDIR)$(SYSCONFDIR)/fairlead
	test -e $(DESTDIR)$(SYSCONFDIR)/fairlead/fairlead.json || \
		$(INSTALL) -m 0640 config/fairlead.json $(DESTDIR)$(SYSCONFDIR)/fairlead/fairlead.json
	$(INSTALL) -d $(DESTDIR)$(UNITDIR)
	sed 's,/usr/local/bin/,$(PREFIX)/bin/,; s,/etc/fairlead/,$(SYSCONFDIR)/fairlead/,' \
		config/fairlead.service >$(DESTDIR)$(UNITDIR)/fairlead.service
	$(INSTALL) -m 0644 config/fairlead.socket $(DESTDIR)$(UNITDIR)/fairlead.socket
	$(INSTALL) -D -m 0644 config/fairlead.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/fairlead.conf

# Installs what is missing (as root), then runs every suite and sums them.
test:
	docker/install-deps.sh test
	BUILD=$(BUILD) tests/all.sh

# A tenant's session through the gateway, on this machine's engine or one of its own; KEEP=1 leaves it up.
demo:
	BUILD=$(BUILD) docker/demo.sh

clean:
	rm -rf $(BUILD) $(BUILD)-san

.PHONY: all unit-build install test demo clean
.SECONDARY:

include $(wildcard tests/*/*.mk)

-include $(OBJ:.o=.d) $(UNITBIN:%=%.d)
