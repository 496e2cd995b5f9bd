"""Builds, checks, releases, collects and grades the course's labs; nbgrader stays underneath."""
