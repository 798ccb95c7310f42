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

.PHONY: help run dev test check fmt clippy tidy licences deps build-deps bless soak

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done
	@echo "  variables: TRADE=$(TRADE) LISTEN=$(LISTEN) DATA=$(DATA)"

run: build-deps ## build, start a demo shop, print how to sign in
	$(CARGO) run --release --locked -p shuke-server --bin shuke -- serve --demo $(TRADE) --listen $(LISTEN) --data $(DATA)

dev: build-deps ## the same from a debug build, with its own data, to work on
	$(CARGO) run --locked -p shuke-server --bin shuke -- serve --demo $(TRADE) --listen $(LISTEN) --data target/dev

test: deps check licences ## everything: what `check` does, then every test on SQLite and PostgreSQL
	$(CARGO) test --locked --workspace --doc
	$(CARGO) test --locked --workspace --tests

check: build-deps fmt clippy tidy ## the fast part: format, lints, rules of the house

fmt:
	$(CARGO) fmt --all --check

clippy:
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

tidy:
	$(CARGO) run --locked --quiet -p xtask -- tidy

licences:
	$(CARGO) run --locked --quiet -p xtask -- licences

deps: ## install or name what the tests need from this machine
	@scripts/setup.sh test

build-deps:
	@scripts/setup.sh build

bless: ## make what is generated: format, OpenAPI, requirements table, snapshots
	$(CARGO) fmt --all
	$(CARGO) run --quiet -p xtask -- openapi --bless
	$(CARGO) run --quiet -p xtask -- requirements --bless
	INSTA_UPDATE=always $(CARGO) test --workspace --tests

soak: deps ## the tests at their large size, for hours
	SHUKE_SOAK=1 $(CARGO) test --release --locked --workspace --tests -- --nocapture
