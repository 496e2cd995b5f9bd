"""The map of the course is that of course.toml and of the labs."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_map_is_of_these_labs(monkeypatch) -> None:
    monkeypatch.syspath_prepend(DOCS)
    import make_map

    labs = make_map.stations()
    told = "run: python docs/make_map.py"
    assert make_map.page(labs) == make_map.PAGE.read_text("utf-8"), told
    assert make_map.image(labs) == make_map.IMAGE.read_text("utf-8"), told


def test_an_arrow_that_others_imply_is_not_drawn(monkeypatch) -> None:
    monkeypatch.syspath_prepend(DOCS)
    from make_map import _columns, _not_implied

    needs = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("a",)}
    assert _not_implied("c", needs) == ["b"]
    assert _columns(needs) == [["a"], ["b", "d"], ["c"]]
