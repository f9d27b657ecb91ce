# make demo   analyse the sample study, from CT to report
# make test   lint, types and every test that a machine without a GPU can run
# make lint   lint and types only
# make bench  seconds, memory and ratios of each stage

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SAMPLE := Resources/sample
OUT ?= demo-output
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: demo test lint bench clean
.DELETE_ON_ERROR:

demo: $(VENV)/.installed
	$(BIN)/hematoma-expansion analyze $(SAMPLE)/baseline.nii.gz $(SAMPLE)/followup-1.nii.gz \
	  --clinical $(SAMPLE)/clinical.yaml --out $(OUT)

test: lint
	Testing/debian_packages.sh
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed-test
	$(BIN)/python -m Testing.benchmarks

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable '.[deep]'
	touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable '.[test]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) $(OUT)
