"""`autograder`, or `python -m autograder`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line."""
    # nbgrader calls `alembic` by name, even if this environment is not activated.
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
    try:
        from autograder.cli.app import run

        run()
    except KeyboardInterrupt:
        print("stopped: finished work is kept; run the same command to continue", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
