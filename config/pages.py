"""The pages of the product: one document for all of them, whose scripts draw what the address says."""

import secrets
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

NONCE: Final = "STYLE_NONCE"  # stands in the built document where the nonce of each answer goes

# Scripts and styles are files of ours. The component library writes one style element, which carries the nonce.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


NOT_BUILT: Final = (
    '<!doctype html><html lang="en"><title>Stepwell</title><p>The pages are not built yet. Run <code>.ci/pages</code> '
    'and start the server again. Until then everything is in the <a href="/admin/">admin</a>.</p></html>'
)


@require_safe
@never_cache
@login_required
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """The document; the API decides what its reader may see and do."""
    built = settings.PAGES_DIR / "index.html"
    if not built.is_file():
        return HttpResponse(NOT_BUILT, status=503)
    nonce = secrets.token_urlsafe(16)
    text = _document(built, built.stat().st_mtime_ns).replace(NONCE, nonce)
    return HttpResponse(text, headers={"Content-Security-Policy": POLICY.format(nonce=nonce)})


@lru_cache(maxsize=1)
def _document(path: Path, changed: int) -> str:
    return path.read_text(encoding="utf-8")
