# Needs Python >= 3.11, Node >= 20 and make. Every target first installs what it needs, into this folder.

UV_VERSION := $(shell sed -n 's/^uv==\([0-9.]*\).*/\1/p' tools/uv.txt)
# A uv that is installed already will do.
UV := $(or $(shell command -v uv 2>/dev/null),.uv/$(UV_VERSION)/bin/uv)

PYTHON_ENV := .venv/.installed
EMULATOR_ENV := tools/emulator/.venv/.installed
FAULTS_ENV := tools/faults/.venv/.installed
CONTRACT_ENV := tools/contract/.venv/.installed
CLIENTS_ENV := tools/clients/.venv/.installed
DOCS_ENVS := tools/docs/.venv/.installed tools/docs/node_modules/.installed
NODE_ENVS := $(patsubst %/package.json,%/node_modules/.installed,$(wildcard postman/package.json cdk/package.json tools/workflows/package.json))
PEER_ENV := bench/engine/node_modules/.installed

# Python and node_modules of this folder. The variable silences a banner about Node 20.
CDK := cd cdk && PATH="$(CURDIR)/.venv/bin:$$PATH" JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=18,20 node_modules/.bin/cdk

# Compiled files are kept in this folder: otherwise each process of a run or a test compiles again all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run unit lint fix test fuzz faults bench estimates fairness lists requested streams chaos docs openapi api-compat check synth
.PHONY: rehearse dist notes audit clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# RELOAD=1 restarts a service when its code changes. KEEP=1 keeps the emulator's state in out/emulator between runs.
run: $(PYTHON_ENV) $(EMULATOR_ENV) ## Run the whole system on this machine until Ctrl-C; RELOAD=1 and KEEP=1 are explained in CONTRIBUTING.md
	@exec .venv/bin/python -m darkroom_local $(if $(RELOAD),--reload) $(if $(KEEP),--keep)

# K selects tests by their names, as pytest's -k does: make test K=cancel.
SELECTED := $(if $(K),-k "$(K)")

# No socket can be opened. tests/conftest.py says which tests these are.
unit: $(PYTHON_ENV) ## Run the tests that need no emulator, network or long computation; K=… selects by name
	.venv/bin/pytest -n 2 --dist loadscope -m unit --disable-socket --allow-unix-socket --hypothesis-profile=quick $(SELECTED)

# Two workers more than CI has cores: while one waits, another computes.
test: $(PYTHON_ENV) $(EMULATOR_ENV) $(CONTRACT_ENV) $(CLIENTS_ENV) $(NODE_ENVS) ## Run all tests that need no container engine; K=… selects by name
	@.venv/bin/pytest --collect-only -qq >/dev/null || true # Compiled once, not by each worker; errors come again below.
	.venv/bin/pytest -n 4 --dist loadscope --no-loadscope-reorder -m "not containers and not exhaustive" \
		$(or $(SELECTED),--cov --cov-report=)
	@$(if $(K),,.venv/bin/python -m tools.coverage_floor)

SECONDS ?= 60
fuzz: $(PYTHON_ENV) ## Give damaged files and random recipes to the image engine for SECONDS; what fails is kept in out/fuzz
	.venv/bin/python -m tests.fuzz --seconds $(SECONDS)

faults: $(PYTHON_ENV) $(EMULATOR_ENV) $(FAULTS_ENV) ## Kill every service at each of its calls to AWS, and run the other tests that take minutes
	.venv/bin/pytest tests/system/faults -n 3 --dist loadscope -m exhaustive

bench: $(PYTHON_ENV) $(PEER_ENV) ## Measure the image engine beside sharp and plain Pillow, and the thumbnails of jobs
	.venv/bin/python -m bench.engine.engine
	.venv/bin/python -m bench.thumbnails

estimates: $(PYTHON_ENV) ## Measure how much the estimates of plans differ from what recipes take
	.venv/bin/python -m bench.estimates

fairness: $(PYTHON_ENV) $(EMULATOR_ENV) ## Measure how much one owner's flood delays another owner's jobs
	.venv/bin/python -m bench.fairness

lists: $(PYTHON_ENV) $(EMULATOR_ENV) ## Measure the upload service while many clients list the largest jobs at once
	.venv/bin/python -m bench.lists

streams: $(PYTHON_ENV) $(EMULATOR_ENV) ## Measure the upload service with a thousand open event streams of all jobs
	.venv/bin/python -m bench.streams

requested: $(PYTHON_ENV) $(EMULATOR_ENV) ## Measure how long clients wait for requested images, beyond the engine's time
	.venv/bin/python -m bench.requested

MINUTES ?= 2
chaos: $(PYTHON_ENV) $(EMULATOR_ENV) ## Upload, and stop and disturb services at random for MINUTES; nothing may be lost
	.venv/bin/python -m tests.chaos --minutes $(MINUTES)

docs: $(DOCS_ENVS) ## Build the documentation as a site, into out/docs-site; a broken link is an error
	NO_MKDOCS_2_WARNING=1 tools/docs/.venv/bin/mkdocs build --quiet --config-file tools/docs/mkdocs.yml

openapi: $(PYTHON_ENV) ## Write docs/openapi.json and docs/recipe.schema.json from the code
	AWS_DEFAULT_REGION=us-east-1 .venv/bin/python -m tools.openapi

api-compat: $(PYTHON_ENV) ## Name what the API and recipes break for clients since the last release
	.venv/bin/python -m tools.openapi compare

check: lint api-compat synth ## Run lint, compare the API with the last release, and check the stacks

lint: $(PYTHON_ENV) $(NODE_ENVS) ## Check formatting, lint rules, words, types, who imports whom, and workflows
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/python -m tools.words
	.venv/bin/mypy
	.venv/bin/lint-imports
	node tools/workflows/lint.js .github/workflows/*.yml
	.venv/bin/zizmor --offline --quiet .github/workflows

fix: $(PYTHON_ENV) ## Format the code, and fix what lint rules can fix
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

# Warnings are errors. cdk-nag runs inside, and a finding stops the synthesis.
synth: $(PYTHON_ENV) $(NODE_ENVS) ## Synthesize and check the stacks of both stages, without and with all options
	$(CDK) synth --strict --quiet -c stage=dev --output cdk.out/dev
	$(CDK) synth --strict --quiet -c stage=prod --output cdk.out/prod
	$(CDK) synth --strict --quiet -c installation=installations/everything.json --output cdk.out/everything
	$(CDK) synth --strict --quiet -c installation=installations/abroad.json --output cdk.out/abroad
	.venv/bin/cfn-lint cdk/cdk.out/*/*.template.json

rehearse: $(PYTHON_ENV) $(EMULATOR_ENV) $(NODE_ENVS) ## Deploy the stacks to an emulator, use, change and destroy them
	.venv/bin/pytest cdk/rehearsal

# The release workflow gives the tag, which has to fit the version.
TAG ?=
dist: $(PYTHON_ENV) ## Build the packages of the last commit as they are published, into dist
	rm -rf dist
	.venv/bin/python -m tools.release packages --output dist

notes: $(PYTHON_ENV) ## Print the notes of the version's release, cut from the changelog
	@.venv/bin/python -m tools.release notes $(if $(TAG),--tag "$(TAG)")

# Asks databases of vulnerabilities. Not every network reaches them.
audit: | $(UV) ## Look for known vulnerabilities of the dependencies in the lock files
	$(UV) audit --frozen --preview-features audit-command
	set -e; for project in $(patsubst %/uv.lock,%,$(wildcard tools/*/uv.lock)); do \
		$(UV) audit --project $$project --frozen --preview-features audit-command; done
	set -e; for project in $(patsubst %/package-lock.json,%,$(wildcard */package-lock.json */*/package-lock.json)); do \
		npm audit --prefix $$project --audit-level high; done

clean: ## Remove everything that was installed or made here
	rm -rf .venv .uv tools/emulator/.venv tools/faults/.venv tools/contract/.venv tools/clients/.venv tools/docs/.venv tools/docs/node_modules $(NODE_ENVS:/.installed=) $(PEER_ENV:/.installed=) cdk/cdk.out out build dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON_ENV): pyproject.toml uv.lock $(wildcard services/*/pyproject.toml tools/local/pyproject.toml cdk/pyproject.toml cli/pyproject.toml clients/python/pyproject.toml) | $(UV)
	$(UV) sync --frozen --quiet
	@touch $@

$(FAULTS_ENV): tools/faults/pyproject.toml tools/faults/uv.lock | $(UV)
	$(UV) sync --project tools/faults --frozen --quiet
	@touch $@

$(CLIENTS_ENV): tools/clients/pyproject.toml tools/clients/uv.lock | $(UV)
	$(UV) sync --project tools/clients --frozen --quiet
	@touch $@

$(CONTRACT_ENV): tools/contract/pyproject.toml tools/contract/uv.lock | $(UV)
	$(UV) sync --project tools/contract --frozen --quiet
	@touch $@

tools/docs/.venv/.installed: tools/docs/pyproject.toml tools/docs/uv.lock | $(UV)
	$(UV) sync --project tools/docs --frozen --quiet
	@touch $@

$(EMULATOR_ENV): tools/emulator/pyproject.toml tools/emulator/uv.lock | $(UV)
	$(UV) sync --project tools/emulator --frozen --quiet
	@touch $@

%/node_modules/.installed: %/package.json %/package-lock.json
	npm ci --prefix $* --silent --no-audit --no-fund
	@touch $@

.uv/$(UV_VERSION)/bin/uv:
	python3 -m venv .uv/$(UV_VERSION)
	.uv/$(UV_VERSION)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/uv.txt
