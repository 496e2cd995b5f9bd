"""The map of the course shows the labs of course.toml and their texts."""

from __future__ import annotations

from tools import make_map


def test_the_map_is_up_to_date() -> None:
    labs = make_map.read_stations()
    advice = "run: python tools/make_map.py"
    assert make_map.make_page(labs) == make_map.PAGE.read_text("utf-8"), advice
    assert make_map.draw_map(labs) == make_map.IMAGE.read_text("utf-8"), advice


def test_an_arrow_that_other_arrows_imply_is_left_out() -> None:
    needs = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("a",)}
    assert make_map._find_direct("c", needs) == ["b"]
    assert make_map._arrange(needs) == [["a"], ["b", "d"], ["c"]]
