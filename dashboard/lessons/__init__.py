"""The parts of the Lessons page: one module a lesson, and what both share."""
