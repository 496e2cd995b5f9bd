"""Which parts of a student's HTML reach the page."""

from __future__ import annotations

import pytest

from autograder.notebooks.showing.sanitize_html import sanitize_html


@pytest.mark.parametrize(
    "markup",
    [
        "<script>x</script>",
        "<p onclick='x()'>a</p>",
        "<a href='javascript:x()'>a</a>",
        "<a href='  data:text/html,x'>a</a>",
        "<img src='http://host/x.png' onerror='x()'>",
        "<img src='data:text/html;base64,AAAA'>",
        "<iframe src='http://host'></iframe>",
        "<style>*{}</style>",
        "<p style='position:fixed' id='x' class='verdict badge'>a</p>",
        "<form action='http://host'><input name='x'></form>",
        "<svg><a xlink:href='javascript:x()'/></svg>",
        "<math><mtext><style><img src=x onerror=x()></style></mtext></math>",
        "<noscript><p title='</noscript><img src=x onerror=x()>'></noscript>",
        "<table background='http://host/x.png'><td onmouseover='x()'>a</td></table>",
    ],
)
def test_dangerous_markup_is_removed(markup: str) -> None:
    from bs4 import BeautifulSoup

    for element in BeautifulSoup(sanitize_html(markup), "html.parser").find_all(True):
        assert element.name not in {"script", "iframe", "style", "form", "input", "svg", "math"}
        assert set(element.attrs) <= {"alt", "colspan", "rowspan", "href", "title", "rel"}
        assert not element.get("href", "").strip().startswith(("javascript", "data"))


def test_useful_markup_stays() -> None:
    kept = (
        "<h2>Loss</h2><p>a <strong>b</strong> <code>c</code></p><ul><li>d</li></ul>"
        '<table class="dataframe"><thead><tr><th>e</th></tr></thead></table>'
        '<img alt="f" src="data:image/png;base64,AAAA">'
        '<a href="https://keras.io" rel="noopener noreferrer">g</a>'
        '<div class="highlight"><pre><span class="nb">h</span></pre></div>'
    )
    assert sanitize_html(kept) == kept
