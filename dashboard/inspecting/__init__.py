"""The parts of the Inspect page, one module a part."""
