# From a bare clone with Python >= 3.11, Node >= 20 and make: every target first installs what it needs, into this folder.

UV_VERSION := 0.13.9
# A uv that is installed already is as good.
UV := $(or $(shell command -v uv 2>/dev/null),.uv/$(UV_VERSION)/bin/uv)

PYTHON_ENV := .venv/.installed
EMULATOR_ENV := tools/emulator/.venv/.installed
NODE_ENVS := $(patsubst %/package.json,%/node_modules/.installed,$(wildcard postman/package.json))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(PYTHON_ENV) $(EMULATOR_ENV) ## Run the whole system on this machine, until Ctrl-C
	@exec .venv/bin/python -m darkroom_local

test: $(PYTHON_ENV) $(EMULATOR_ENV) $(NODE_ENVS) ## Run all tests that need no container engine
	.venv/bin/pytest -n 2 --dist loadscope

check: $(PYTHON_ENV) ## Check formatting, lint rules, types and who imports whom
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

clean: ## Remove all that was installed or made here
	rm -rf .venv .uv tools/emulator/.venv postman/node_modules out build dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON_ENV): pyproject.toml uv.lock $(wildcard services/*/pyproject.toml tools/local/pyproject.toml cdk/pyproject.toml) | $(UV)
	$(UV) sync --frozen --quiet
	@touch $@

$(EMULATOR_ENV): tools/emulator/pyproject.toml tools/emulator/uv.lock | $(UV)
	$(UV) sync --project tools/emulator --frozen --quiet
	@touch $@

%/node_modules/.installed: %/package.json %/package-lock.json
	npm ci --prefix $* --silent --no-audit --no-fund
	@touch $@

.uv/$(UV_VERSION)/bin/uv:
	python3 -m venv .uv/$(UV_VERSION)
	.uv/$(UV_VERSION)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
