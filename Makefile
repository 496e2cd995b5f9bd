# make demo · make serve-demo · make lab · make test · make fuzz · make matrix · make lint ·
# make docs · make bench · make bench-long
# Each target first makes .venv if it is missing.

PYTHON ?= python3
TENSORFLOW ?= tensorflow
# The lab that `make lab` opens, by the beginning of its name.
LAB ?=
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
INSTALLED := $(VENV)/.installed

# nbgrader calls `alembic` by name.
export PATH := $(BIN):$(PATH)
export TF_CPP_MIN_LOG_LEVEL ?= 3

.PHONY: demo serve-demo lab test test-quick fuzz matrix lint docs bench bench-long clean

demo: $(INSTALLED)
	autograder demo

# The course's server with a class that has submitted nothing; prints a student's and an
# instructor's link.
serve-demo: $(INSTALLED)
	autograder serve --demo demo-server

# The student's view: without nbgrader's buttons for instructors and without JupyterLab's news.
lab: $(INSTALLED)
	JUPYTER_CONFIG_PATH=$(CURDIR)/tools/jupyter jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) $(firstword $(sort $(wildcard labs/$(LAB)*/*.ipynb)))

test: $(INSTALLED)
	pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

# What other versions break first: imports, layers, models, data, building a lab, grading a class.
QUICK := $(addprefix tests/course_lib/,blocks data/sets/test_mnist.py data/test_load.py \
	  data/test_pipeline.py training/test_fit.py \
	  $(addprefix models/test_,mlp.py cnn.py vae.py gan.py vgg.py)) \
	$(addprefix tests/autograder/,authoring/test_build.py engine/wire/test_codec.py \
	  engine/wire/test_keras_values.py \
	  grading/test_run.py::test_a_class_is_graded_and_not_graded_again)

test-quick: $(INSTALLED)
	pytest $(QUICK) $(PYTEST_ARGS)

# `make test-quick` under every Python with the oldest and newest packages: docs/compatibility.md.
matrix: $(INSTALLED)
	python tools/matrix.py

# Property-based tests of what students send: 100,000 new examples for each test. They run in rounds,
# because hypothesis remembers every example, which takes gigabytes in the end.
FUZZ_ROUNDS ?= 20
fuzz: $(INSTALLED)
	for round in $$(seq $(FUZZ_ROUNDS)); do \
	  FUZZ_EXAMPLES=5000 pytest -m fuzz -n auto --timeout 0 $(PYTEST_ARGS) || exit 1; \
	done

lint: $(INSTALLED)
	ruff check .
	ruff format --check .
	mypy autograder course_lib tools
	autograder build --check

docs: $(INSTALLED)
	python tools/make_reference.py
	python tools/make_settings.py
	python tools/make_library_reference.py
	mkdocs build --strict

bench: $(INSTALLED)
	python benchmarks/run.py

# All labs with all their cases, large classes, and endurance; the labs' claims under every seed and
# their trainings in half precision to the end: longer than an hour.
bench-long: $(INSTALLED)
	CLAIM_SEEDS=all HALF_PRECISION_STEPS=0 pytest tests/labs $(PYTEST_ARGS)
	python benchmarks/run.py --long

# pip compiles to bytecode during installation: TensorFlow then starts in a third of the time.
REQUIREMENTS := requirements.txt requirements-dev.txt
$(INSTALLED): pyproject.toml $(REQUIREMENTS)
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' \
	  || { echo "Python 3.10 to 3.13 is needed. Name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	cat $(REQUIREMENTS) | sed 's/^tensorflow>/$(TENSORFLOW)>/' > $(VENV)/requirements.txt
	$(VENV)/bin/python -m pip install --quiet --compile -r $(VENV)/requirements.txt
	$(VENV)/bin/python -m pip install --quiet --compile --no-deps --editable .
	touch $(INSTALLED)

clean:
	rm -rf $(VENV)
