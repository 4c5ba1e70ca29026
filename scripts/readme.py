"""`python3 -m scripts readme [--check]`: make each addon's `README.rst` of its manifest and its folder `readme/`.

OCA's own generator does the same, and writes besides that OCA maintains the addon. The fragments are plain Markdown:
headings, paragraphs, lists, emphasis, code and links.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from pathlib import Path

from docutils.core import publish_doctree
from docutils.utils import Reporter, SystemMessage

from . import paths

#: Fragments in the order in which OCA's generator puts them, with their headings.
SECTIONS = {
    "DESCRIPTION": "",
    "CONTEXT": "Use Cases / Context",
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known issues / Roadmap",
    "HISTORY": "Changelog",
    "CONTRIBUTORS": "Contributors",
}
_CODE = re.compile(r"(`[^`]+`)")
_LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")


def main() -> int:
    """Write what has changed, or only say so; return 1 where a README is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, and fail where something would be written")
    options = parser.parse_args()
    stale = []
    for addon in paths.addons():
        file = addon / "README.rst"
        text = of_addon(addon)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(file.relative_to(paths.CHECKOUT))
            if not options.check:
                file.write_text(text, encoding="utf-8")
    for file in stale:
        print(f"{file}: {'not what `python3 -m scripts readme` makes' if options.check else 'written'}")
    return 1 if stale and options.check else 0


def of_addon(addon: Path) -> str:
    """Return the text of an addon's README.

    :param addon: the addon's folder
    :raise ValueError: a fragment is of no known name, or what comes out is no reStructuredText
    """
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))
    fragments = {file.stem: file.read_text(encoding="utf-8") for file in (addon / "readme").glob("*.md")}
    if unknown := fragments.keys() - SECTIONS.keys():
        raise ValueError(f"{addon.name}: no section for {', '.join(sorted(unknown))}")
    rule = "=" * len(manifest["name"])
    parts = [f"{rule}\n{manifest['name']}\n{rule}"]
    for name, heading in SECTIONS.items():
        if name in fragments:
            parts += [_heading(heading, "=")] if heading else []
            parts.append(as_rst(fragments[name]))
    text = "\n\n".join([*parts, _heading("License", "="), manifest["license"]]) + "\n"
    try:
        publish_doctree(text, settings_overrides={"halt_level": Reporter.WARNING_LEVEL, "report_level": 5})
    except SystemMessage as error:
        raise ValueError(f"{addon.name}: {error}") from None
    return text


def as_rst(markdown: str) -> str:
    """Return reStructuredText for a fragment of Markdown.

    >>> as_rst("## Title\\n\\nSee `code` and [this](https://example.com).")
    'Title\\n-----\\n\\nSee ``code`` and `this <https://example.com>`__.'
    """
    return "\n".join(map(_line, markdown.strip().splitlines()))


def _line(line: str) -> str:
    if title := re.fullmatch(r"(#+) (.+)", line):
        # The README's own sections are of the first level, so that a fragment has the others.
        return _heading(title[2], {1: "-", 2: "-", 3: "~"}[len(title[1])])
    spans = _CODE.split(line)
    return "".join(f"`{span}`" if span.startswith("`") else _LINK.sub(r"`\1 <\2>`__", span) for span in spans)


def _heading(title: str, rule: str) -> str:
    return f"{title}\n{rule * len(title)}"


if __name__ == "__main__":
    sys.exit(main())
