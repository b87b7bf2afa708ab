"""The page as one file: template, style, script and data, put together by Jinja2."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import jinja2

from .data import explorer_data
from .words import KIND_NAMES

PARTS = Path(__file__).parent / "page"
SCRIPTS = (
    *("numbers", "state", "counting", "reading", "nearest", "pasting", "models", "spelling"),
    "expected",
    *(
        "dom",
        "geometry",
        "drawing",
        "arrows",
        "sliding",
        "matrix",
        "network",
        "quiz",
        "fields",
        "main",
        "start",
    ),
)
"""The script's files; they are read in this order, and see each other's functions."""


def make_page() -> str:
    """The page: one file that asks nothing of any network."""
    script = "\n".join(
        (PARTS / f"{name}.js").read_text("utf-8").strip() for name in ("data", *SCRIPTS)
    )
    script = f'(() => {{\n"use strict";\n{script}\n}})();'
    style = (PARTS / "style.css").read_text("utf-8").strip()
    # nothing may be loaded, and nothing may run but this very style and script
    policy = (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    loader = jinja2.FileSystemLoader(PARTS)
    page = jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, autoescape=False
    ).get_template("page.html.j2")
    return page.render(
        policy=policy, style=style, script=script, kinds=KIND_NAMES, data=_as_data(explorer_data())
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _as_data(data: object) -> str:
    """JSON that nothing in it can end early: no tag begins in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
