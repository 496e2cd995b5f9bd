"""A hook of MkDocs that repairs what axe-core finds on Material's pages.

The search, a dialog, gets a name, and an empty corner of a table is not a header.
docs/assets/accessible.js repairs what Material's scripts build in the browser.
"""

from __future__ import annotations

import re
from typing import Any


def on_post_page(output: str, **_: Any) -> str:
    """Return the page with its repairs.

    Example:
        >>> on_post_page('<th></th><th>day</th><div role="dialog">')
        '<td></td><th>day</th><div role="dialog" aria-label="Search">'
    """
    output = output.replace('role="dialog"', 'role="dialog" aria-label="Search"')
    return re.sub(r"<th([^>]*)></th>", r"<td\1></td>", output)


on_post_template = on_post_page  # the page for a wrong address
