"""The Compare page's list of runs, and some of them side by side."""
