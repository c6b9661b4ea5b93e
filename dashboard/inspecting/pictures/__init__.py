"""The Inspect page of a training on pictures, a module a section."""
