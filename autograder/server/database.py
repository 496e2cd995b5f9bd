"""The server's database: SQLite in the course folder, or any that SQLAlchemy knows by its URL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlalchemy.orm import Session

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.server.tables import Audit

_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """Reads and writes in transactions; usable by several threads and processes.

    Args:
        url: For SQLAlchemy, such as `sqlite:////srv/course/server.db` or `postgresql+psycopg://…`.

    Raises:
        AutograderError: The URL is not valid, or its driver is not installed.
    """

    def __init__(self, url: str) -> None:
        try:
            self._engine = create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=40)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise AutograderError(
                f"the database cannot be used: {error}",
                "name it like sqlite:////srv/course/server.db or postgresql+psycopg://USER@HOST/DB,"
                " and install its driver, such as psycopg",
            ) from None
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _set_up_sqlite)
            event.listen(self._engine, "begin", _begin_in_sqlite)
        self._writing = self._engine.execution_options(writes=True)

    @classmethod
    def of(cls, course: Course, url: str | None = None) -> Database:
        """The database at the URL, or else `server.db` of the course, in its newest version.

        Raises:
            AutograderError: It cannot be used.
        """
        database = cls(url or f"sqlite:///{course.root / 'server.db'}")
        try:
            database.migrate()
        except DatabaseError:
            # Another server may have migrated it at the same moment.
            try:
                database.migrate()
            except DatabaseError as error:
                raise AutograderError(
                    f"the server's database cannot be used: {error.orig}",
                    "check its address, its permissions and the free disk space",
                ) from error
        return database

    def migrate(self) -> None:
        """Make or change the tables, where the database has an earlier version."""
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self._writing.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that writes nothing; its objects stay readable afterwards."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed at the end, unless an error leaves it."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def add_audit(session: Session, actor: str, action: str, **about: str) -> None:
    """Add a line to the audit trail.

    Args:
        session: A session that writes.
        actor: Who did it.
        action: What was done.
        **about: The columns lab, person, before, after.
    """
    session.add(Audit(at=time.time(), actor=actor, action=action, **about))


def _set_up_sqlite(connection: Any, _: object) -> None:
    # SQLAlchemy begins transactions, not the driver: see `_begin_in_sqlite`.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    # A receipt means that the row is on the disk.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 30000")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_in_sqlite(connection: Connection) -> None:
    # A transaction that first reads and then writes fails when another one wrote in between.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
