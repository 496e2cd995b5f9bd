"""Personal links: who may come in, and as whom."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from autograder.server.database import Database, add_audit
from autograder.server.tables import Link, Role, Source, Student, WebSession

_TOKEN_BYTES = 32
SESSION_SECONDS = 14 * 24 * 60 * 60
# An LMS or a Hub may end a person's account: then its sessions must not last for weeks.
FOREIGN_SESSION_SECONDS = 12 * 60 * 60


@dataclass(frozen=True)
class Invitation:
    """A new link; only here can its token be read.

    Args:
        role: What the link allows.
        person: The student's id, or an instructor's name.
        name: The name to show.
        token: The secret part of the link.
    """

    role: Role
    person: str
    name: str
    token: str

    def make_url(self, server: str) -> str:
        """The link; the part after `#` is never sent, so that no log can hold it."""
        return f"{server.rstrip('/')}/enter#{self.token}"


@dataclass(frozen=True)
class Visitor:
    """Who sends a request.

    Args:
        role: What the person may do.
        person: The student's id, or an instructor's name.
        name: The name to show.
        csrf: What the forms of this session must send; empty for a program.
        key: What limits on the rate of requests count by.
    """

    role: Role
    person: str
    name: str
    csrf: str
    key: str


def hash_token(token: str) -> str:
    """The form in which a token is stored: it has 256 random bits, so that one round is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def invite(database: Database, actor: str, role: Role, person: str, name: str) -> Invitation:
    """Make a link for a person; earlier links of the person stop working."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with database.write() as session:
        _revoke(session, role, person)
        if role is Role.STUDENT:
            add_student(session, person)
        session.add(_make_link(Source.INVITE, role, person, name or person, token))
        add_audit(session, actor, "invite", person=person, after=role.value)
    return Invitation(role, person, name or person, token)


def make_notebook_link(database: Database, visitor: Visitor) -> Invitation:
    """Make a link for a student who is signed in; an earlier one made this way stops working."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    role, person = visitor.role, visitor.person
    with database.write() as session:
        _revoke(session, role, person, Source.NOTEBOOK)
        session.add(_make_link(Source.NOTEBOOK, role, person, visitor.name, token))
        add_audit(session, person, "make a link for the notebook", person=person)
    return Invitation(role, person, visitor.name, token)


def _make_link(source: Source, role: Role, person: str, name: str, token: str) -> Link:
    return Link(
        role=role.value,
        person=person,
        name=name,
        token_hash=hash_token(token),
        created=time.time(),
        source=source.value,
    )


def revoke(database: Database, actor: str, role: Role, person: str) -> bool:
    """End a person's links and sessions; returns whether there was a link."""
    with database.write() as session:
        is_revoked = _revoke(session, role, person)
        if is_revoked:
            add_audit(session, actor, "revoke", person=person, before=role.value)
    return is_revoked


def add_student(session: Session, person: str) -> Student:
    """A student's row, locked; it is added if it is missing."""
    own = select(Student).where(Student.person == person).with_for_update()
    student = session.scalar(own)
    if student is None:
        try:
            with session.begin_nested():
                session.add(Student(person=person))
        except IntegrityError:
            pass  # another request has just added it
        student = session.scalars(own).one()
    return student


def _revoke(session: Session, role: Role, person: str, source: Source | None = None) -> bool:
    live = select(Link.id).where(
        Link.role == role.value, Link.person == person, Link.revoked.is_(None)
    )
    if source is not None:
        live = live.where(Link.source == source.value)
    ids = list(session.scalars(live))
    session.execute(delete(WebSession).where(WebSession.link_id.in_(ids)))
    session.execute(update(Link).where(Link.id.in_(ids)).values(revoked=time.time()))
    return bool(ids)


def list_invited(database: Database, role: Role) -> dict[str, Link]:
    """The links that work, by person."""
    with database.read() as session:
        found = select(Link).where(
            Link.role == role.value,
            Link.revoked.is_(None),
            Link.source == Source.INVITE.value,
        )
        return {link.person: link for link in session.scalars(found)}


def find_by_token(database: Database, token: str) -> Visitor | None:
    """Who has a link's token."""
    with database.read() as session:
        link = session.scalar(
            select(Link).where(Link.token_hash == hash_token(token), Link.revoked.is_(None))
        )
        return _make_visitor(link, "") if link else None


def open_session(database: Database, token: str) -> str | None:
    """Let a browser in; returns the secret for its cookie, or None for an invalid token."""
    with database.write() as session:
        link = session.scalar(
            select(Link).where(Link.token_hash == hash_token(token), Link.revoked.is_(None))
        )
        return _add_session(session, link, SESSION_SECONDS) if link else None


def open_foreign_session(
    database: Database, source: Source, role: Role, person: str, name: str
) -> str:
    """Let in a person whom the LMS or the Hub has authenticated; returns the cookie's secret."""
    with database.write() as session:
        if role is Role.STUDENT:
            add_student(session, person)
        own = (Link.source == source.value, Link.role == role.value, Link.person == person)
        link = session.scalar(select(Link).where(*own, Link.revoked.is_(None)).limit(1))
        if link is None:
            unknown = secrets.token_urlsafe(_TOKEN_BYTES)  # nobody gets it
            link = _make_link(source, role, person, name, unknown)
            session.add(link)
            session.flush()
            add_audit(session, source.value, "sign in first", person=person, after=role.value)
        return _add_session(session, link, FOREIGN_SESSION_SECONDS)


def _add_session(session: Session, link: Link, seconds: float) -> str:
    key, now = secrets.token_urlsafe(_TOKEN_BYTES), time.time()
    session.execute(delete(WebSession).where(WebSession.expires < now))
    session.add(
        WebSession(
            key_hash=hash_token(key),
            csrf=secrets.token_urlsafe(_TOKEN_BYTES),
            expires=now + seconds,
            link_id=link.id,
        )
    )
    return key


def find_by_session(database: Database, key: str) -> Visitor | None:
    """Who has a cookie's secret."""
    with database.read() as session:
        found = session.scalar(
            select(WebSession).where(
                WebSession.key_hash == hash_token(key), WebSession.expires > time.time()
            )
        )
        is_valid = found is not None and found.link.revoked is None
        return _make_visitor(found.link, found.csrf) if found and is_valid else None


def close_session(database: Database, key: str) -> None:
    """Forget a browser."""
    with database.write() as session:
        session.execute(delete(WebSession).where(WebSession.key_hash == hash_token(key)))


def _make_visitor(link: Link, csrf: str) -> Visitor:
    return Visitor(Role(link.role), link.person, link.name, csrf, f"link {link.id}")
