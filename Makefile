# make demo · make lab · make test · make fuzz · make lint · make docs · make bench
# Each makes .venv first when it is missing.

PYTHON ?= python3
TENSORFLOW ?= tensorflow
# Which lab make lab opens, by the beginning of its name.
LAB ?=
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
INSTALLED := $(VENV)/.installed

# nbgrader calls `alembic` by name.
export PATH := $(BIN):$(PATH)
export TF_CPP_MIN_LOG_LEVEL ?= 3

.PHONY: demo lab test fuzz lint docs bench clean

demo: $(INSTALLED)
	autograder demo

lab: $(INSTALLED)
	jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) $(firstword $(sort $(wildcard labs/$(LAB)*/*.ipynb)))

test: $(INSTALLED)
	pytest -n auto --dist loadfile $(PYTEST_ARGS)

# What students send, made up: FUZZ_EXAMPLES of it for each test, new ones each time.
fuzz: $(INSTALLED)
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-100000} pytest -m fuzz --timeout 0 $(PYTEST_ARGS)

lint: $(INSTALLED)
	ruff check .
	ruff format --check .
	autograder build --check

docs: $(INSTALLED)
	python docs/make_reference.py
	mkdocs build --strict

bench: $(INSTALLED)
	python benchmarks/run.py

# pip compiles to bytecode as it installs: TensorFlow then starts in a third of the time.
$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' \
	  || { echo "Python 3.10 to 3.13 is needed; name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	sed 's/^tensorflow>/$(TENSORFLOW)>/' requirements.txt > $(VENV)/requirements.txt
	$(VENV)/bin/python -m pip install --quiet --compile -r $(VENV)/requirements.txt
	$(VENV)/bin/python -m pip install --quiet --compile --no-deps --editable .
	$(VENV)/bin/python -m pip install --quiet --compile \
	  axe-playwright-python hypothesis mkdocs-material playwright pytest-timeout pytest-xdist ruff
	touch $(INSTALLED)

clean:
	rm -rf $(VENV)
