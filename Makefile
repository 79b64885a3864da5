# make demo   sets itself up, swaps a face in assets/clip_a.mp4, says where the result is
# make test   sets itself up, runs every check
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := out/demo.mp4

.PHONY: demo test lint pytest bench clean

demo: $(DEMO)
	@echo "The result:           $(DEMO)"
	@echo "Before and after:     out/demo.png"

$(DEMO): $(READY) assets/clip_a.mp4 assets/portrait_c.png $(shell find livecam models -name '*.py' -o -name '*.toml' -o -name '*.onnx')
	@mkdir -p out
	$(BIN)/livecam swap assets/clip_a.mp4 $(DEMO) --face assets/portrait_c.png --overwrite --before-after out/demo.png --yes-i-have-consent

test: lint pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

pytest: $(READY)
	$(BIN)/pytest -n 2 --dist loadfile --max-worker-restart 0 --ignore tests/guest
	$(BIN)/pytest tests/guest

bench: $(READY)
	$(BIN)/livecam bench file

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "livecam needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=24.1'
	$(BIN)/python -m pip install --quiet --editable '.[cpu,dev]'
	@touch $@

clean:
	rm -rf $(VENV) out
