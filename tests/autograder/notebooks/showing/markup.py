"""Markup that has passed sanitizers, and what of a page runs or loads something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup

ATTACKS = [
    "<script>own()</script>",
    "<img src=x onerror=own()>",
    "<img src='//host/spy.png'>",
    "<image src=x onerror=own()>",
    "<svg onload=own()><script>own()</script></svg>",
    "<svg xmlns='http://www.w3.org/2000/svg'><script>own()</script><a href='javascript:own()'>"
    "<text>x</text></a><image href='http://host/'/><foreignObject><p onclick='own()'>x</p>"
    "</foreignObject><style>@import url(http://host/)</style><rect fill='url(http://host/#a)' "
    "onclick='own()'/><use href='http://host/x.svg#a'/></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=own()"
    "&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=own()>'>",
    "<a href='javascript:own()'>x</a>",
    "<a href='&#1;jav&#x09;ascript:own()'>x</a>",
    "<a href='java\nscript:own()'>x</a>",
    "<a href=' data:text/html,<script>own()</script>'>x</a>",
    "<a href='vbscript:own()'>x</a>",
    "<a href='//host/'>x</a>",
    "<a href='/api/shutdown'>x</a>",
    "<form action='//host'><input name=q><button formaction='javascript:own()'>go</button></form>",
    "<iframe srcdoc='<script>own()</script>'></iframe>",
    "<style>@import url(//host)</style>",
    "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>cover</p>",
    "<p class='badge full score comment save-icon' id='question-1' data-link='x'>full marks</p>",
    "<base href='//host'><meta http-equiv=refresh content='0;url=//host'>",
    "<link rel=stylesheet href='//host'><object data='//host'></object><embed src='//host'>",
    "<template><script>own()</script></template>",
    "<table background='//host'><tr><td colspan='1&quot; onmouseover=own()'>x",
    "<img src='data:image/svg+xml;base64,AAAA'>",
    "<img src='data:image/png;base64,AA&quot; onerror=&quot;own()'>",
    "</pre></div></div></article></main></body><h1 onclick=own()>10 / 10 points</h1>",
    "<!--><img src=x onerror=own()>-->",
    "<![CDATA[<img src=x onerror=own()>]]>",
    "<xmp><img src=x onerror=own()></xmp>",
    "<details open ontoggle=own()><summary>x</summary></details>",
    "<video src='//host' onerror=own()></video><audio src=x onerror=own()></audio>",
    "[x](javascript:own()) ![x](javascript:own()) <javascript:own()>",
    "[y][y]\n\n[y]: javascript:own()",
    "[x](\n  JaVaScRiPt&colon;own\\(\\) 'a') [z](data:text/html,<script>own()</script>)",
    "| a |\n|--|\n| <img src=x onerror=own()> |\n",
    "$$</script><script>own()</script>$$ $<img src=x onerror=own()>$",
    "```\n</code></pre><script>own()</script>\n```\n\n`<script>own()</script>`",
    "\\begin{a}</div><script>own()</script>\\end{a}",
    "> <div>\n\n<script>own()</script>\n",
]


def find_active_parts(body: str) -> Iterator[str]:
    """Yield the elements that run or load something."""
    banned = (
        "script style iframe frame form input button base meta link object embed template svg math "
        "video audio source textarea"
    )
    for element in BeautifulSoup(body, "html.parser").find_all(True):
        active = [n for n in element.attrs if n.startswith("on") or n in {"style", "background"}]
        href, src = element.get("href", "https://"), element.get("src", "data:image/png;base64,")
        is_inert = re.match(r"https?://|mailto:", href) and re.match(
            r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[\w+/=]*$", src
        )
        if active or not is_inert or element.name in banned.split():
            yield str(element)[:300]
