"""`autograder`, or `python -m autograder`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line."""
    # nbgrader calls `alembic` by name, also when this environment has not been activated.
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
    try:
        from autograder.cli.app import run

        run()
    except KeyboardInterrupt:
        print("stopped: what was finished is kept, the same command goes on", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
