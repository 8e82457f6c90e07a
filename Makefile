# make ask Q="..."   answer a question over the sample newsroom (the first time: install, build the index)
# make test          all tests            make test-fast   without the slow ones
# make chat          the chat page         make test-ui     its tests in a real browser (needs /usr/bin/chromium)
# make check         ruff, mypy, tests    make index       refresh the index that config.yaml names
# Torch is installed first and alone, or pip would take the CUDA build, several GB. Where plain PyPI would give you that:
#   make ask TORCH_INDEX=https://download.pytorch.org/whl/cpu Q="..."

VENV := .venv
PYTHON := $(VENV)/bin/python
READY := $(VENV)/.ready
TORCH := torch==2.13.0
TORCH_INDEX :=

.PHONY: ask chat index test test-fast test-ui check
.DELETE_ON_ERROR:

# The question reaches the shell as it is, quotes, dollar signs and all.
unexport Q
ask: export QUESTION = $(value Q)
ask: $(READY) index/newsroom/current.json
	@$(PYTHON) -m rag ask "$$QUESTION"

chat: $(READY) index/newsroom/current.json
	@$(PYTHON) -m ui

index: $(READY)
	$(PYTHON) -m rag index

index/newsroom/current.json: | $(READY)
	@echo "First ask: building the index of the sample newsroom ..." >&2
	@$(PYTHON) -m rag index >&2

test: $(READY)
	$(PYTHON) -m pytest

test-fast: $(READY)
	$(PYTHON) -m pytest -m "not slow"

test-ui: $(READY)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --editable '.[dev,browser,mcp]'
	-@npm install --silent --no-save --no-package-lock --prefix $(VENV)/axe axe-core  # the scan for barriers; else skipped
	RAG_AXE=$(VENV)/axe/node_modules/axe-core/axe.min.js $(PYTHON) -m pytest tests/ui

check: $(READY)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest

$(READY): pyproject.toml Makefile
	@echo "Installing into $(VENV) (about two minutes, 2 GB) ..." >&2
	@python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
