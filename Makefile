# Everything goes through scripts/dev.py, which also works without make: python scripts/dev.py demo
PYTHON ?= python3

.PHONY: demo demo-1c test faults fuzz mutants audit bench lint check schemas docs site lock sbom wheel clean
demo demo-1c test faults fuzz mutants audit bench lint check schemas docs site lock sbom wheel clean:
	@$(PYTHON) scripts/dev.py $@
