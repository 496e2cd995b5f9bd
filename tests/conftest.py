from __future__ import annotations

import os
import sys

# As `autograder` itself does: nbgrader calls `alembic` by name.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
