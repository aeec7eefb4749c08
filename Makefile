# Everything goes through scripts/dev.py, which also works without make: python scripts/dev.py demo
PYTHON ?= python3

.PHONY: demo demo-1c test faults bench lint check schemas docs lock wheel clean
demo demo-1c test faults bench lint check schemas docs lock wheel clean:
	@$(PYTHON) scripts/dev.py $@
