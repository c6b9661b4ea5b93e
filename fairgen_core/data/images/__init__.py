"""Pictures: read and checked, given groups for teaching, and the sets that can be had."""
