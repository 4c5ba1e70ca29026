# What each command needs is installed by the command itself, in a cache outside this folder:
# $XDG_CACHE_HOME/avance_immediate, by default ~/.cache/avance_immediate.
PYTHON ?= python3
ARGS ?=
RUN = $(PYTHON) -m scripts

.DEFAULT_GOAL := help
.PHONY: help demo test together coexist soak bench lint matrix setup communes stop clean-cache

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo 'Options: ARGS="…" for the command; ODOO_HOME=…, PG* variables: your own Odoo 19 and PostgreSQL'

demo: ## Odoo with a sample provider and the simulator, the main job run before your eyes (ONCE=1: stop after the table)
	@$(RUN) demo $(if $(ONCE),--once) $(ARGS)

test: ## All tests (ARGS='--only odoo -k name' for some)
	@$(RUN) test $(ARGS)

together: ## The addon's tests beside OCA's addons (ARGS='-k name' or ARGS=test_money.py for some)
	@$(RUN) together $(ARGS)

coexist: ## Odoo's own tests of what we extend, without the addon and with it (an hour; goes on where it stopped)
	@$(RUN) coexist $(ARGS)

soak: ## The tests that break things, in their long form (hours; ARGS='--steps N --kills N' for less)
	@$(RUN) soak $(ARGS)

bench: ## Measure speed against Odoo's own way
	@$(RUN) bench $(ARGS)

lint: ## The hooks of pre-commit, and Odoo's own lint (ARGS=--fast: without the one that needs a database)
	@$(RUN) lint $(ARGS)

matrix: ## Beside what Odoo pins elsewhere, on each Python, and in bare environments (ARGS=--short: seconds)
	@$(RUN) matrix $(ARGS)

setup: ## Install what the other commands need, and nothing else
	@$(RUN) setup $(ARGS)

communes: ## Refresh the list of communes, each year (needs npm; see docs/data.md)
	@$(RUN) refresh_communes $(ARGS)

stop: ## Stop the embedded PostgreSQL server
	@$(PYTHON) -m scripts.stop

clean-cache: ## Stop the embedded PostgreSQL server and delete the whole cache
	@$(PYTHON) -m scripts.stop --clean
