"""``python -m fairgen_core``: see `fairgen_core.cli`."""

import sys

from fairgen_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
