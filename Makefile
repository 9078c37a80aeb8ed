# make demo    make the environment and run the main job: contact loss against pressure and current
# make test    make the environment and run the tests (25 minutes on two cores)
# make help    the other targets

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.femna-is-installed
JOBS ?= $(shell env -u OMP_NUM_THREADS nproc 2>/dev/null || echo 1)
DEMO := results/figure6
ARGS ?=

# One thread per process: cases and ranks run beside each other.
export OMP_NUM_THREADS := 1
# MPI within this machine only; probing for other transports can hang.
export UCX_TLS ?= self,sm,tcp
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help env demo sensitivity mechanisms bench test test-all docs gallery book container lint types audit \
	format clean

help:
	@echo 'make demo         run studies/figure6.toml into $(DEMO), afresh each time'
	@echo 'make test         run the tests in their reduced size'
	@echo 'make test-all     run the tests in full (hours); ARGS="-k name" picks some'
	@echo 'make sensitivity  run the study of the default heterogeneity'
	@echo 'make mechanisms   run every candidate mechanism against the experiment (long)'
	@echo 'make bench        measure femna against others; ARGS="--quick", or names, picks'
	@echo 'make docs         build the site into results/site; a dead link is an error'
	@echo 'make gallery      run the examples again and write their page'
	@echo 'make book         measure the verification book again and write it (some ten minutes)'
	@echo 'make container    build the Debian image and try it inside (root, buildah, mmdebstrap)'
	@echo 'make lint         ruff, rules and format'
	@echo 'make types        mypy, strict'
	@echo 'make audit        pins, licences and known holes of the packages installed'
	@echo 'make format       let ruff rewrite'
	@echo 'make env          only make the environment in $(VENV)'
	@echo 'make clean        remove the environments, caches and the results of the studies above'
	@echo 'Variables: PYTHON (the Python to build on), JOBS (processes beside each other, now $(JOBS))'

env: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@python=$$(PATH="$${PATH#*:}" sh tools/prerequisites.sh) || exit 1; \
	echo "femna: making the environment in $(VENV) with $$python (about a minute)"; \
	"$$python" -m venv $(VENV) && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable '.[wheel,pictures,sensitivity,slurm,site,dev]' || \
		{ echo 'femna: pip could not install the packages, its words are above; call make again' \
		'once the network answers, or see README, Other ways in' >&2; exit 1; }; \
	$(BIN)/python tools/check_libraries.py && \
	touch $@

demo: $(STAMP)
	@rm -rf $(DEMO)
	@$(BIN)/femna sweep studies/figure6.toml -o $(DEMO) --jobs $(JOBS)

sensitivity: $(STAMP)
	@rm -rf results/sensitivity
	@$(BIN)/femna sweep studies/sensitivity.toml -o results/sensitivity --jobs $(JOBS)

mechanisms: $(STAMP)
	@rm -rf results/mechanisms
	@$(BIN)/femna sweep studies/mechanisms.toml -o results/mechanisms --jobs $(JOBS)

bench: $(STAMP)
	@$(BIN)/python -m benchmarks $(ARGS)

# One pytest worker per core; tests that share a module's fixtures stay on one worker.
test: $(STAMP)
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist loadscope --durations 20 --durations-min 5 $(ARGS)

# By environment, so that the pytest which mpi-pytest starts on several ranks hears it too.
test-all: $(STAMP)
	@PYTEST_ADDOPTS="-m ''" $(BIN)/python -m pytest -q -n $(JOBS) --dist loadscope $(ARGS)

docs: $(STAMP)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build -q
	@echo 'the site begins at results/site/index.html'

gallery: $(STAMP)
	@$(BIN)/python -m tools.gallery

book: $(STAMP)
	@rm -rf results/verification
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist loadscope --record-verification results/verification $(ARGS)
	@$(BIN)/python -m tools.verification_book results/verification

container:
	@bash tools/container.sh $(ARGS)

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP)
	@$(BIN)/mypy

audit: $(STAMP)
	@$(BIN)/python tools/audit.py

format: $(STAMP)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(DEMO) results/sensitivity results/mechanisms results/site results/verification build *.egg-info
	rm -rf .bench .container .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find femna tests tools -name __pycache__ -type d -exec rm -rf {} +
