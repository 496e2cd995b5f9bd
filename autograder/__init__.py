"""Builds, checks, releases, collects and grades the course's labs; nbgrader stays underneath."""

import sys

# jsonschema, below nbformat, compiles a grammar of web addresses where it finds this package: two
# seconds of every start, for a check that no notebook's schema asks for.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
