# huanxin: one Makefile, no generator. `make help` lists what a person would type.
#
#   V=release (default)  gcc, optimised and hardened: what ships
#   V=debug              gcc, AddressSanitizer + UBSan, one malloc per arena item
#   V=clang              clang 14 with the same warnings
#
# A module is a folder in src/; src/floors.txt says what it may include, and so what it links.

V ?= release
BUILD := build/$(V)
SHELL := /bin/sh

# ---- flags -------------------------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
    -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wformat=2 -Wvla \
    -Wswitch-enum -Wundef -Wnull-dereference -Wdouble-promotion -Wimplicit-fallthrough -Werror
CFLAGS_COMMON := -std=c17 -D_GNU_SOURCE -DHUANXIN_VERSION='"$(shell cat VERSION)"' -Isrc -I$(BUILD)/gen $(WARNINGS) -g -MMD -MP -fPIE -pthread
HARDENING := -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection

CC_release := gcc
CFLAGS_release := $(HARDENING)
LDFLAGS_release := -pie -Wl,-z,relro,-z,now
CC_debug := gcc
CFLAGS_debug := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
    -fno-sanitize-recover=undefined -DARENA_DEBUG
LDFLAGS_debug := -fsanitize=address,undefined
CC_clang := clang-14
CFLAGS_clang := $(HARDENING)
LDFLAGS_clang := -pie -Wl,-z,relro,-z,now

# V=fuzz: clang's libFuzzer with both sanitizers, for `make fuzz`.
CC_fuzz := clang-14
CFLAGS_fuzz := -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
    -fno-sanitize-recover=undefined -DARENA_DEBUG
LDFLAGS_fuzz := -fsanitize=address,undefined

CC := $(CC_$(V))
CFLAGS := $(CFLAGS_COMMON) $(CFLAGS_$(V))
LDFLAGS := $(LDFLAGS_$(V)) -pthread

# ---- modules -----------------------------------------------------------------------------------
MODULES := $(shell awk '!/^\#/ && NF {print $$1}' src/floors.txt)
module_row = $(shell awk '$$1 == "$(1)" {$$1 = $$2 = ""; print}' src/floors.txt)
$(foreach m,$(MODULES),$(eval deps_$(m) := $(call module_row,$(m))))

# What each module links from Debian.
libs_base := -l:libbidgcc000.a -lm
libs_db := -lsqlite3 -lpq
libs_http := -levent -levent_pthreads -lz
libs_seal := -lsodium -lcrypto -loath
libs_dmn := -lexpat -ljansson
libs_solve := -ljansson
libs_pack := -lzip
libs_sheet := -lexpat
libs_paper := -lpangocairo-1.0 -lpango-1.0 -lcairo -lgobject-2.0 -lglib-2.0 -lqrencode
libs_web := -ljansson
libs_yaml := -lfyaml
libs_office/policy := -ljansson
libs_office/claim := -ljansson
libs_office/open := -ljansson
libs_attach := -lturbojpeg -lpng -lwebp
# Headers that pkg-config knows a place for.
cflags_db := $(shell pkg-config --cflags libpq 2>/dev/null)
cflags_paper := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I pangocairo 2>/dev/null))

closure = $(sort $(1) $(foreach d,$(deps_$(1)),$(call closure,$(d))))
flat = $(subst /,_,$(1))
lib = $(BUILD)/lib/$(call flat,$(1)).a
sources = $(sort $(wildcard src/$(1)/*.c))
objects = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(call sources,$(1)))
link_libs = -Wl,--start-group $(foreach m,$(1),$(call lib,$(m))) -Wl,--end-group \
    $(sort $(foreach m,$(1),$(libs_$(m)))) -lm

.DEFAULT_GOAL := help
.SUFFIXES:
.SECONDARY:

define MODULE_RULES
$(call lib,$(1)): $(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$^
$(BUILD)/obj/$(1)/%.o: src/$(1)/%.c
	@mkdir -p $$(@D)
	@echo "  cc $$<"
	@$$(CC) $$(CFLAGS) $(cflags_$(1)) -c -o $$@ $$<
endef
$(foreach m,$(MODULES) main,$(eval $(call MODULE_RULES,$(m))))

# ---- the program -------------------------------------------------------------------------------
PROGRAM := $(BUILD)/huanxin
ALL_LIBS := $(foreach m,$(MODULES),$(call lib,$(m)))

# Files that the program carries: what pages need, and the migrations.
ASSET_FILES := app.css app.js map.js plot.js workshop.js draw.js icon.svg $(patsubst assets/%,%,$(sort $(wildcard assets/icons/*.svg)))
MIGRATION_FILES := $(notdir $(sort $(wildcard migrations/*.sql)))
EMBED := build/tools/embed
EMBEDDED := $(BUILD)/gen/embedded_assets.o $(BUILD)/gen/embedded_migrations.o

build/tools/%: tools/%.c
	@mkdir -p $(@D)
	@echo "  cc $<"
	@gcc -std=c17 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -o $@ $<

# The map, the chart library and the editor of decision models, as their locked packages build them.
LEAFLET := assets/node_modules/leaflet/dist/leaflet.js assets/node_modules/leaflet/dist/leaflet.css
ECHARTS := assets/node_modules/echarts/dist/echarts.common.min.js
DMN_DIST := assets/node_modules/dmn-js/dist
DMN_JS := $(DMN_DIST)/dmn-modeler.production.min.js
DMN_FONT := $(DMN_DIST)/assets/dmn-font/font/dmn.woff2
DMN_STYLES := $(addprefix $(DMN_DIST)/assets/,diagram-js.css dmn-js-shared.css dmn-js-drd.css \
    dmn-js-decision-table.css dmn-js-decision-table-controls.css dmn-js-literal-expression.css \
    dmn-js-boxed-expression.css dmn-js-boxed-expression-controls.css dmn-font/css/dmn.css)
$(LEAFLET) $(ECHARTS) $(DMN_JS) $(DMN_FONT) $(DMN_STYLES) &:
	@echo "installing the locked npm packages"
	@cd assets && npm ci --ignore-scripts --loglevel=error --no-audit --no-fund

# One style sheet; its font is beside it, not in a folder of its own.
$(BUILD)/gen/dmn-js.css: $(DMN_STYLES)
	@mkdir -p $(@D)
	@cat $^ | sed 's#\.\./font/#/assets/#g' > $@

$(BUILD)/gen/embedded_assets.c: $(EMBED) $(addprefix assets/,$(ASSET_FILES)) $(LEAFLET) $(ECHARTS) $(DMN_JS) $(DMN_FONT) $(BUILD)/gen/dmn-js.css Makefile
	@mkdir -p $(@D)
	@$(EMBED) asset $(foreach f,$(ASSET_FILES),$(f)=assets/$(f)) $(foreach f,$(LEAFLET),$(notdir $(f))=$(f)) \
	    echarts.js=$(ECHARTS) dmn-js.js=$(DMN_JS) dmn-js.css=$(BUILD)/gen/dmn-js.css dmn.woff2=$(DMN_FONT) > $@

$(BUILD)/gen/embedded_migrations.c: $(EMBED) $(addprefix migrations/,$(MIGRATION_FILES)) Makefile
	@mkdir -p $(@D)
	@$(EMBED) migration $(foreach f,$(MIGRATION_FILES),$(f)=migrations/$(f)) > $@

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	@$(CC) $(CFLAGS) -c -o $@ $<

$(PROGRAM): $(call objects,main) $(EMBEDDED) $(ALL_LIBS)
	@echo "  ld $@"
	@$(CC) $(LDFLAGS) -o $@.new $(call objects,main) $(EMBEDDED) $(call link_libs,$(MODULES))
	@mv $@.new $@

.PHONY: build
build: $(PROGRAM) ## builds the program into build/release/huanxin (V=debug, V=clang)

# ---- tests -------------------------------------------------------------------------------------
# tests/00_unit/<module>_<what>_test.c links its module and what that may include;
# tests/10_module and above link everything. Each is a cmocka program that prints TAP.
UNIT_TESTS := $(patsubst tests/00_unit/%.c,$(BUILD)/tests/00_unit/%,$(sort $(wildcard tests/00_unit/*_test.c)))
MODULE_TESTS := $(patsubst tests/10_module/%.c,$(BUILD)/tests/10_module/%,$(sort $(wildcard tests/10_module/*_test.c)))

# A test or fuzz target of an office is named after it.
module_alias_plan := office/plan
module_alias_mark := office/mark
module_alias_treasury := office/treasury
module_alias_open := office/open
module_alias_policy := office/policy
module_alias_claim := office/claim
module_alias_offer := office/offer
module_of_test = $(or $(module_alias_$(firstword $(subst _, ,$(1)))),$(firstword $(subst _, ,$(1))))
define UNIT_TEST_RULE
$(BUILD)/tests/00_unit/$(1): tests/00_unit/$(1).c $(foreach m,$(call closure,$(2)),$(call lib,$(m)))
	@mkdir -p $$(@D)
	@echo "  cc $$<"
	@$$(CC) $$(CFLAGS) -Itests $$(LDFLAGS) -o $$@ $$< $(call link_libs,$(call closure,$(2))) -lcmocka
endef
$(foreach t,$(notdir $(UNIT_TESTS)),$(eval $(call UNIT_TEST_RULE,$(t),$(call module_of_test,$(t)))))

HOUSE_OBJECTS = $(BUILD)/obj/main/house.o $(BUILD)/obj/main/settings.o $(EMBEDDED)

$(BUILD)/tests/10_module/%: tests/10_module/%.c $(PROGRAM)
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CFLAGS) -Itests -DPROGRAM_PATH='"$(PROGRAM)"' $(LDFLAGS) -o $@ $< $(HOUSE_OBJECTS) \
	    $(call link_libs,$(MODULES)) -lcmocka

# tests/sim: the money against a model, under a disk that fails in every way (tests/sim/money_sim.c).
SIM := $(BUILD)/tests/sim/money_sim
$(SIM): $(wildcard tests/sim/*.c) $(wildcard tests/sim/*.h) $(ALL_LIBS)
	@mkdir -p $(@D)
	@echo "  cc $@"
	@$(CC) $(CFLAGS) -Itests $(LDFLAGS) -o $@ $(wildcard tests/sim/*.c) $(call link_libs,$(MODULES))

.PHONY: sim sim-pg
sim: $(SIM) ## money against its model, with crashes at every step (OPS=1000000 SEED=1)
	OPS=$(or $(OPS),1000000) SEED=$(or $(SEED),20240723) $(SIM)

sim-pg: deps-pg $(SIM) ## the same on PostgreSQL (OPS=100000)
	OPS=$(or $(OPS),100000) SEED=$(or $(SEED),20240723) tools/pg.sh run $(SIM)

.PHONY: unit
# make unit M=feel runs the unit tests of one module.
unit: $(if $(M),$(filter $(BUILD)/tests/00_unit/$(M)_%,$(UNIT_TESTS)),$(UNIT_TESTS)) ## runs the unit tests (M=module for one)
	@tests/run.sh $^

# tests/40_http runs the program itself; tests/50_journey drives it with a real browser.
HTTP_TESTS := $(patsubst tests/40_http/%.c,$(BUILD)/tests/40_http/%,$(sort $(wildcard tests/40_http/*_test.c)))
MAIN_OBJECTS := $(BUILD)/obj/main/routes.o

$(BUILD)/tests/40_http/%: tests/40_http/%.c tests/40_http/client.h tests/40_http/server.h $(PROGRAM)
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CFLAGS) -Itests -Itests/40_http -DPROGRAM_PATH='"$(PROGRAM)"' $(LDFLAGS) -o $@ $< $(MAIN_OBJECTS) \
	    $(call link_libs,$(MODULES)) -lcmocka

# fuzz/replay.c runs a fuzz target over its corpus as a plain test.
REPLAYS := $(patsubst fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard fuzz/*_fuzz.c)))
JOURNEYS := $(sort $(wildcard tests/50_journey/*_test.mjs))

.PHONY: test check journey
check: $(PROGRAM) $(UNIT_TESTS) $(MODULE_TESTS) $(SIM) $(HTTP_TESTS) $(REPLAYS) lint ## lint, build and all tests but the browser's
	@tests/run.sh $(UNIT_TESTS) $(MODULE_TESTS) $(SIM) $(HTTP_TESTS) $(REPLAYS)

journey: deps-journey $(PROGRAM) ## the tests in a real browser
	@HUANXIN=$(PROGRAM) tests/run.sh $(JOURNEYS)

test: deps deps-journey ## installs what is missing, builds, runs every test
	@$(MAKE) --no-print-directory build $(UNIT_TESTS) $(MODULE_TESTS) $(SIM) $(HTTP_TESTS) $(REPLAYS)
	@$(MAKE) --no-print-directory V=clang build
	@$(MAKE) --no-print-directory lint
	@tools/symbols.sh $(BUILD)
	@HUANXIN=$(PROGRAM) tests/run.sh $(UNIT_TESTS) $(MODULE_TESTS) $(SIM) $(HTTP_TESTS) $(REPLAYS) $(JOURNEYS)

# PostgreSQL on a free loopback port with its data below build/, ended with the run.
PG_TESTS = $(filter $(addprefix $(BUILD)/tests/00_unit/,db_db_test db_batch_test db_budget_test db_line_test \
    ledger_%),$(UNIT_TESTS)) \
    $(filter-out %/policy_cases_test,$(MODULE_TESTS)) \
    $(filter-out %/command_test,$(HTTP_TESTS))
.PHONY: test-pg
test-pg: deps-pg ## the tests of stores, money and pages on PostgreSQL
	@$(MAKE) --no-print-directory build $(PG_TESTS)
	@tools/pg.sh run tests/run.sh $(PG_TESTS)

.PHONY: soak
soak: $(BUILD)/tests/10_module/money_crash_test $(BUILD)/tests/10_module/ledger_crash_test ## longer money tests (STEPS=200000)
	MONEY_STEPS=$(or $(STEPS),200000) $(BUILD)/tests/10_module/money_crash_test
	SOAK_KILLS=200 $(BUILD)/tests/10_module/ledger_crash_test

.PHONY: debug
debug: ## unit and module tests and the corpora with AddressSanitizer and UBSan
	@LSAN_OPTIONS=suppressions=$(CURDIR)/tools/lsan.supp \
	    $(MAKE) --no-print-directory V=debug sanitized

.PHONY: sanitized
sanitized: $(UNIT_TESTS) $(MODULE_TESTS) $(REPLAYS)
	@tests/run.sh $^

# ---- fuzzing ------------------------------------------------------------------------------------
# fuzz/<module>_<what>_fuzz.c is a libFuzzer target; corpora stand in fuzz/corpus/<name>/.
FUZZERS := $(patsubst fuzz/%.c,build/fuzz/bin/%,$(sort $(wildcard fuzz/*_fuzz.c)))
FUZZ_SECONDS ?= 60

# The conformance kit's files are good seeds where they are at hand.
KIT := $(wildcard ../shared/dmn-tck)

define REPLAY_RULE
$(BUILD)/fuzz/$(1): fuzz/$(1).c fuzz/replay.c $(foreach m,$(call closure,$(2)),$(call lib,$(m)))
	@mkdir -p $$(@D)
	@echo "  cc $$<"
	@$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ fuzz/$(1).c fuzz/replay.c $(call link_libs,$(call closure,$(2)))
endef
$(foreach t,$(notdir $(REPLAYS)),$(eval $(call REPLAY_RULE,$(t),$(call module_of_test,$(t)))))

define FUZZ_RULE
build/fuzz/bin/$(1): fuzz/$(1).c $(foreach m,$(call closure,$(2)),build/fuzz/lib/$(call flat,$(m)).a)
	@mkdir -p $$(@D)
	@echo "  cc $$<"
	@clang-14 $$(CFLAGS) -fsanitize=fuzzer -o $$@ $$< $(call link_libs,$(call closure,$(2)))
endef
ifeq ($(V),fuzz)
$(foreach t,$(notdir $(FUZZERS)),$(eval $(call FUZZ_RULE,$(t),$(call module_of_test,$(t)))))
.PHONY: fuzz-run
fuzz-run: $(FUZZERS)
	@for f in $(FUZZERS); do n=$$(basename $$f); mkdir -p build/fuzz/corpus/$$n; \
	    echo "$$n"; $$f -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=2048 \
	    -print_final_stats=0 -verbosity=0 build/fuzz/corpus/$$n fuzz/corpus/$$n \
	    $$(case $$n in dmn_model*) echo cities/anqiu/policy $(KIT);; dmn_tck*) echo $(KIT);; esac) \
	    || exit 1; done
endif
.PHONY: fuzz
fuzz: ## every parser under libFuzzer with sanitizers (FUZZ_SECONDS=60 each)
	@$(MAKE) --no-print-directory V=fuzz fuzz-run

# ---- benchmarks -----------------------------------------------------------------------------------
# bench/<module>_bench.c prints our figure with its peer's in the same run.
RUSH := $(BUILD)/bench/rush_bench
FRAUD := $(BUILD)/bench/fraud_bench
GROWTH := $(BUILD)/bench/growth_bench
WORKSHOP := $(BUILD)/bench/workshop_bench
BENCHES := $(filter-out $(RUSH) $(FRAUD) $(GROWTH) $(WORKSHOP),$(patsubst bench/%.c,$(BUILD)/bench/%,$(sort $(wildcard bench/*_bench.c))))
bench_module = $(if $(filter site,$(1)),solve,$(if $(filter db,$(1)),ledger,$(1)))
define BENCH_RULE
$(BUILD)/bench/$(1): bench/$(1).c $(foreach m,$(call closure,$(2)),$(call lib,$(m)))
	@mkdir -p $$(@D)
	@echo "  cc $$<"
	@$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$< $(call link_libs,$(call closure,$(2)))
endef
$(foreach t,$(notdir $(BENCHES)),$(eval $(call BENCH_RULE,$(t),$(call bench_module,$(call module_of_test,$(t))))))

# These drive the program itself, and link all of it.
$(RUSH): bench/nginx.h
$(RUSH) $(FRAUD): $(BUILD)/bench/%: bench/%.c $(PROGRAM)
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CFLAGS) -DPROGRAM_PATH='"$(PROGRAM)"' $(LDFLAGS) -o $@ $< $(HOUSE_OBJECTS) $(call link_libs,$(MODULES))

$(GROWTH): bench/growth_bench.c $(PROGRAM)
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CFLAGS) -DPROGRAM_PATH='"$(PROGRAM)"' $(LDFLAGS) -o $@ $< $(HOUSE_OBJECTS) $(call link_libs,$(MODULES))

.PHONY: bench-growth
bench-growth: $(GROWTH) ## cost of a claim beside 10^4, 10^5, ... existing ones (MOST=10000000)
	@$(GROWTH) $(or $(MOST),1000000)

$(WORKSHOP): bench/workshop_bench.c tests/40_http/server.h $(PROGRAM)
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CFLAGS) -Itests -Itests/40_http -DPROGRAM_PATH='"$(PROGRAM)"' $(LDFLAGS) -o $@ $< $(call link_libs,$(MODULES))

.PHONY: bench bench-solve bench-rush bench-workshop
bench-workshop: $(WORKSHOP) ## a policy table of 50,000 cells opened, edited, analysed; a dry run
	@$(WORKSHOP)

bench-rush: $(RUSH) ## launch morning: claims a second with their peers (SECONDS=5; with PostgreSQL when installed)
	@if ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 && command -v pgbench psql >/dev/null; then \
	    tools/pg.sh run $(RUSH) $(or $(SECONDS),5); else $(RUSH) $(or $(SECONDS),5); fi

bench: $(filter-out $(BUILD)/bench/solve_% $(BUILD)/bench/site_%,$(BENCHES)) $(FRAUD) ## speed of engines and doors, with peers
	@for b in $^; do echo "== $$(basename $$b)"; $$b || exit 1; done
	@if [ -f bench/package-lock.json ] && command -v node >/dev/null; then cd bench && \
	    (test -d node_modules || npm ci --loglevel=error --no-audit --no-fund) && node dmn_peers.mjs; fi

bench-solve: $(BUILD)/bench/solve_bench $(BUILD)/bench/site_bench ## quality of rounds and sites at a time budget (ARGS, SITE_ARGS)
	@$(BUILD)/bench/solve_bench $(ARGS)
	@$(BUILD)/bench/site_bench $(SITE_ARGS)

# ---- running -----------------------------------------------------------------------------------
PORT ?= 8080
DATA ?= data

.PHONY: run demo
run: deps ## installs what is missing, builds, makes the demo city, serves http://127.0.0.1:8080
	@$(MAKE) --no-print-directory build
	@$(PROGRAM) demo --if-empty --data $(DATA)
	@$(PROGRAM) serve --data $(DATA) --port $(PORT)

.PHONY: run-pg
run-pg: deps deps-pg ## as run, on a PostgreSQL of its own; its data stay in build/pg/
	@$(MAKE) --no-print-directory build
	@PROGRAM=$(PROGRAM) DATA=build/pg/data PORT=$(PORT) tools/pg.sh keep build/pg/cluster sh -c \
	    '$$PROGRAM demo --if-empty --data $$DATA --db "$$HUANXIN_DB" && \
	    exec $$PROGRAM serve --data $$DATA --db "$$HUANXIN_DB" --port $$PORT'

# ---- what must be installed ----------------------------------------------------------------------
# Names of Debian 12 packages; asks for sudo only when something is missing.
PACKAGES := gcc libc6-dev pkg-config libsqlite3-dev libpq-dev libevent-dev libjansson-dev zlib1g-dev \
    libsodium-dev libssl-dev liboath-dev libfyaml-dev libexpat1-dev libintelrdfpmath-dev \
    libzip-dev libpango1.0-dev libcairo2-dev libqrencode-dev fonts-noto-cjk fonts-arphic-ukai \
    libturbojpeg0-dev libpng-dev libwebp-dev \
    tzdata ca-certificates
PACKAGES_TEST := libcmocka-dev poppler-utils clang-14 clang-format-14 libclang-rt-14-dev
PACKAGES_PG := postgresql
PACKAGES_JOURNEY := chromium fonts-noto-cjk nodejs npm
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
missing = $(shell dpkg-query -W -f '$${Package} $${Status}\n' $(1) 2>/dev/null | \
    awk '/ok installed/ {have[$$1] = 1} END {n = split("$(1)", p, " "); for (i = 1; i <= n; i++) \
    if (!(p[i] in have)) print p[i]}')
# A node from elsewhere will do as well.
NODE_MISSING = $(if $(shell command -v node),,nodejs npm)

define INSTALL
@need="$(strip $(1))"; if [ -n "$$need" ]; then echo "installing: $$need"; \
    $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq \
    --no-install-recommends $$need >/dev/null; fi
endef

.PHONY: deps deps-pg deps-journey
deps-pg:
	$(call INSTALL,$(call missing,$(PACKAGES_PG)))

deps:
	$(call INSTALL,$(call missing,$(PACKAGES) $(PACKAGES_TEST)) $(if $(wildcard $(ECHARTS)),,$(NODE_MISSING)))

deps-journey:
	$(call INSTALL,$(call missing,$(filter-out nodejs npm,$(PACKAGES_JOURNEY))) $(NODE_MISSING))
	@test -d assets/node_modules/playwright-core -a -d assets/node_modules/axe-core || \
	    (echo "installing the locked npm packages"; cd assets && npm ci --loglevel=error --no-audit --no-fund)

# ---- checks --------------------------------------------------------------------------------------
LINTED := $(wildcard src/*/*.[ch] src/office/*/*.[ch] tests/*.h tests/sim/*.h tests/*/*.c tools/*.c bench/*.c fuzz/*.c)

.PHONY: lint format analyze
lint: build/tools/lint ## floors, banned calls, sizes, cycles, layout
	@build/tools/lint
	@clang-format-14 --dry-run -Werror $(LINTED)

format: ## lays the sources out
	@clang-format-14 -i $(LINTED)

# ---- help --------------------------------------------------------------------------------------
.PHONY: help clean
help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

clean: ## removes build/
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
