"""The command line: the same functions as the dashboard and a notebook."""
