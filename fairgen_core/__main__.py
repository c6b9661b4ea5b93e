"""``python -m fairgen_core``: see `fairgen_core.cli`."""

import sys

from fairgen_core.startup import search_less_for_garbage

if __name__ == "__main__":
    search_less_for_garbage()
    from fairgen_core.cli.main import main

    sys.exit(main())
