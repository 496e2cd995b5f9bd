"""A database of an earlier version is changed, not replaced; its tables are those of the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from autograder.server import database as module
from autograder.server.database import Database
from autograder.server.links import find_by_token, hash_token, list_invited
from autograder.server.tables import Base, Role


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'server.db'}")
    yield made
    made.close()


def test_the_tables_are_those_of_the_code(database: Database) -> None:
    database.migrate()
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_a_link_of_the_first_version_still_works(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(module._MIGRATIONS))
    with database.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0001")
        session.execute(
            text(
                "INSERT INTO link (role, person, name, token_hash, created) "
                "VALUES ('student', 'ada', 'Ada', :token, 1.0)"
            ),
            {"token": hash_token("secret")},
        )
    database.migrate()
    visitor = find_by_token(database, "secret")
    assert visitor is not None and visitor.person == "ada"
    assert list(list_invited(database, Role.STUDENT)) == ["ada"]
