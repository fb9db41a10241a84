"""How much script the list asks for before it can be drawn."""

import gzip
import re
from pathlib import Path

DIST = Path(__file__).parents[2] / "frontend" / "dist"
MOST = 300_000  # bytes, compressed
NAMED = re.compile(r'(?:src|href)="/static/(pages/[^"]+\.js)"')


def test_the_first_load_of_the_list_stays_light() -> None:
    scripts = NAMED.findall((DIST / "index.html").read_text(encoding="utf-8"))
    assert scripts, "the pages are not built"
    sizes = {name: len(gzip.compress((DIST / name).read_bytes(), 9)) for name in scripts}
    assert sum(sizes.values()) < MOST, sizes
