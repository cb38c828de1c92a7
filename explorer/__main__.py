"""`python -m explorer` and the script `explorer`: the command line, whose exit code `main` returns."""

from __future__ import annotations

import sys

from explorer.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
