# Everything a person or a machine does with this repository. `make` lists it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

export PATH := $(PATH):$(HOME)/.cargo/bin
CARGO ?= cargo
TRADE ?= mother-and-baby
LISTEN ?= 127.0.0.1:7300
DATA ?= target/demo
SOAK_S ?= 7200
# Scenarios that `test` runs a second time, through a pooler in transaction mode; `soak` runs all of them.
POOLED := races:: claim:: exchange:: merge points_kinds:: prepaid:: coupon_use:: gift_card:: pass:: pin::
POOLED_CRATES := -p shuke-member -p shuke-ledger -p shuke-loyalty -p shuke-sales
MUTANTS_MIN ?= 80
# Lints and tests take in the cluster too, so that what is heavy is built once.
WHOLE := --workspace --features shuke-server/cluster

.PHONY: help run dev test check fmt clippy tidy licences faces web-check e2e deps build-deps bless soak mutants

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done
	@echo "  variables: TRADE=$(TRADE) LISTEN=$(LISTEN) DATA=$(DATA)"

run: build-deps faces ## build, start a demo shop, print how to sign in
	$(CARGO) run --profile quick --locked -p shuke-server --bin shuke -- serve --demo $(TRADE) --listen $(LISTEN) --data $(DATA)

dev: build-deps faces ## the same from a debug build, with its own data, to work on
	$(CARGO) run --locked -p shuke-server --bin shuke -- serve --demo $(TRADE) --listen $(LISTEN) --data target/dev

test: deps check licences faces ## everything: what `check` does, every test on SQLite and PostgreSQL, the faces in a browser
	cd web && npm run -s sizes && npm test
	$(CARGO) test --locked $(WHOLE) --doc
	$(CARGO) test --locked $(WHOLE) --tests
	SHUKE_TEST_POOLER=1 $(CARGO) test --locked $(POOLED_CRATES) --test it -- --skip sqlite $(POOLED)
	$(MAKE) e2e

faces: web/node_modules/.package-lock.json ## build the console, the till and the card
	cd web && npm run -s generate && npm run -s build

e2e: faces ## only the faces in a browser, against the real server
	$(CARGO) build --locked $(WHOLE) --bin shuke
	cd web && SHUKE_BIN=$${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug/shuke npm run -s e2e

web-check: web/node_modules/.package-lock.json
	cd web && npm run -s check

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

check: build-deps fmt clippy tidy web-check ## the fast part: format, lints, types, rules of the house

fmt:
	$(CARGO) fmt --all --check

clippy:
	$(CARGO) clippy --locked $(WHOLE) --all-targets -- -D warnings

tidy:
	$(CARGO) run --locked --quiet -p xtask -- tidy

licences:
	$(CARGO) run --locked --quiet -p xtask -- licences

deps: ## install or name what the tests need from this machine
	@scripts/setup.sh test

build-deps:
	@scripts/setup.sh build

bless: web/node_modules/.package-lock.json ## make what is generated: format, OpenAPI, requirements table, snapshots
	$(CARGO) fmt --all
	$(CARGO) run --quiet -p xtask -- openapi --bless
	$(CARGO) run --quiet -p xtask -- requirements --bless
	cd web && npm run -s generate && npm run -s format
	INSTA_UPDATE=always $(CARGO) test --workspace --tests

soak: deps ## the tests at their large size, and SOAK_S seconds of sales on each database: hours
	SHUKE_SOAK=1 $(CARGO) test --release --locked --workspace --tests -- --nocapture
	SHUKE_TEST_POOLER=1 $(CARGO) test --release --locked $(POOLED_CRATES) --test it -- --skip sqlite
	$(CARGO) run --release --locked -p shuke-server --bin shuke -- bench soak --seconds $(SOAK_S)
	scripts/postgres.sh $(CARGO) run --release --locked -p shuke-server --bin shuke -- bench soak --seconds $(SOAK_S) --db {}

mutants: ## change pricing and ledger in every small way; at least MUTANTS_MIN per cent must be caught
	scripts/mutants.sh $(MUTANTS_MIN)
