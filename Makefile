# The only things a person types. Everything else is `resonanz --help`.
PYTHON ?= python3
BIN := .venv/bin
# Tests run on so many processes, a file on one of them; each that runs flows has a Prefect of its own.
WORKERS ?= 2
# In the order of the tree: the files that take longest come early, in tests/faults and tests/flows.
SHARED_OUT = -n $(WORKERS) --dist loadscope --no-loadscope-reorder
STAMP := $(shell date +%Y%m%dT%H%M%S)
SURVEY := data/samples/intranet-umfrage.xlsx
MOOD := "SELECT coalesce(left(post_title, 42), post_id) AS post, comment_count AS n, \
  round(100 * share_raw)::INT AS uncorrected, round(100 * share)::INT AS negative, \
  round(100 * ci_low)::INT || ' to ' || round(100 * ci_high)::INT AS interval, method \
  FROM mart.post_sentiment WHERE label = 'negative' AND hidden_reason IS NULL \
  ORDER BY n DESC, post LIMIT 6"
.DEFAULT_GOAL := help
.PHONY: help install run test test-slow test-night test-faults test-integration check audit docs fresh constraints clean

help:  ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

# Installed once for each state of the dependencies; afterwards no network is needed.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, found %s" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

install: .venv/installed  ## Make .venv with the command `resonanz` in it

run: install  ## Take the sample data all the way to published tables
	@$(BIN)/resonanz ingest --channel intranet $(SURVEY)
	@$(BIN)/resonanz ingest $(filter-out $(SURVEY),$(wildcard data/samples/*))
	@$(BIN)/resonanz daily || test $$? -eq 3
	@echo
	@echo 'How many comments on a post are negative (per cent, with the 95 % interval):'
	@$(BIN)/resonanz sql $(MOOD)
	@echo 'Next: $(BIN)/resonanz sql "FROM mart.comments_to_answer", $(BIN)/resonanz tables, or the CSV files.'

test: install  ## Run the tests
	$(BIN)/python -m pytest $(SHARED_OUT)

test-slow: install  ## Run the slow tests: repetitions, kills, attackers that try often
	$(BIN)/python -m pytest $(SHARED_OUT) -m "slow and not integration"

test-night: install  ## Run both, and draw a thousand new examples of each property
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest $(SHARED_OUT) -m "not integration"

test-faults: install  ## Kill `daily` at 200 moments, and compare what plain runs leave (20 minutes)
	$(BIN)/python -m tests.faults.kills --kills 200

test-integration: install  ## Run the tests against real servers (those that are installed)
	$(BIN)/python -m pytest -m integration tests/integration tests/attacks

check: install  ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: install  ## Compare what is installed with the pins, and ask for known holes (needs pip-audit)
	$(BIN)/python -m benchmarks.audit

docs: install  ## Render docs/tables.md and docs/contract.json from the contracts
	$(BIN)/resonanz tables --markdown > docs/tables.md
	$(BIN)/resonanz tables --contract docs/contract.json > contract.new
	mv contract.new docs/contract.json

fresh:  ## Move all data aside, to start with empty tables
	@mkdir -p data/aside/$(STAMP)
	@for name in inbox lake lake.ducklake landing models published reviews runs warehouse.duckdb; do if [ -e data/$$name ]; then mv data/$$name data/aside/$(STAMP)/; fi; done
	@echo 'What was there is now in data/aside/$(STAMP).'

constraints:  ## Pin the newest versions that fit (needs uv)
	{ echo '# What `make install` installs, exactly. Regenerate with `make constraints`.'; uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --no-header --no-annotate --quiet; } > constraints.new
	mv constraints.new constraints.txt

clean:  ## Remove the environment; data stays
	rm -rf .venv
