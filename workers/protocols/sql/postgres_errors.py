"""PostgreSQL's refusals as step failures, with their SQLSTATE, and never with a password."""

import errno
import os

import psycopg

from workers.errors import StepError, StepMisconfigured, StepTimedOut, TargetRefused, TargetUnreachable
from workers.protocols.sql.target import Target

# libpq gives no SQLSTATE for a refused connection; the server's English words are all there is. The first that fit
# decide: `too many connections for role "shop"` is not about the role.
_REFUSALS = (
    ("too many ", "53300"),
    ("remaining connection slots", "53300"),
    ("password authentication failed", "28P01"),
    ("authentication failed", "28000"),
    ("no pg_hba.conf entry", "28000"),
    ("is not permitted to log in", "28000"),
    ("role ", "28000"),
    ("database ", "3D000"),
    ("the database system is ", "57P03"),
)
_GONE = frozenset({"57P01", "57P02", "57P03"})


def connect_failure(exc: psycopg.Error, target: Target) -> StepError:
    said = _without_password(str(exc), target)
    where = f"PostgreSQL at {target.service}"
    _, fatal, refusal = said.partition("FATAL:")
    if fatal:
        reason = refusal.strip().splitlines()[0].strip()
        code = next((state for words, state in _REFUSALS if words in reason), "")
        return TargetRefused(
            f"{where} refused the connection: {reason}", code=f"sqlstate_{code}" if code else "refused"
        )
    reason = " ".join(said.split())
    if "no password supplied" in said:
        return TargetRefused(f"{where} wants a password, and the connection gives none", code="sqlstate_28P01")
    if os.strerror(errno.ECONNREFUSED) in said or os.strerror(errno.ENOENT) in said:
        return TargetUnreachable(f"Nothing listens for {where}: connection refused", code="refused")
    if any(os.strerror(code) in said for code in (errno.EHOSTUNREACH, errno.ENETUNREACH)):
        return TargetUnreachable(f"There is no way to {where}", code="no_route")
    if "does not match host name" in said:
        return TargetUnreachable(f"The certificate of {where} is for another host", code="tls_host")
    if "certificate verify failed" in said:
        code = "tls_expired" if "expired" in said else "tls_untrusted"
        return TargetUnreachable(f"The certificate of {where} is not trusted", code=code)
    if "SSL" in said and "does not support" in said:
        return TargetUnreachable(f"{where} does not speak TLS, and the connection asks for it", code="tls")
    if "root certificate file" in said or "invalid sslmode" in said or ("invalid" in said and "value" in said):
        return StepMisconfigured(f"The connection to {where} cannot be made: {reason}", code="connection")
    if "closed the connection" in said or os.strerror(errno.ECONNRESET) in said:
        return TargetUnreachable(f"{where} closed the connection without an answer", code="reset")
    return TargetUnreachable(f"{where} cannot be reached: {reason}")


def query_failure(exc: psycopg.Error) -> StepError:
    state = exc.sqlstate
    if state is None:
        return TargetUnreachable(f"The database broke the connection: {' '.join(str(exc).split())}", code="reset")
    code, diag = f"sqlstate_{state}", exc.diag
    message = f"{diag.message_primary or exc} (SQLSTATE {state})"
    partial = {
        "sqlstate": state,
        "severity": diag.severity_nonlocalized,
        "message": diag.message_primary,
        "detail": diag.message_detail,
        "hint": diag.message_hint,
        "position": int(diag.statement_position) if diag.statement_position else None,
        "constraint": diag.constraint_name,
    }
    partial = {name: value for name, value in partial.items() if value is not None}
    if state == "57014" and "timeout" in (diag.message_primary or ""):
        return StepTimedOut(message, code=code, partial=partial)
    if state in _GONE or state.startswith("08"):
        return TargetUnreachable(message, code=code, partial=partial)
    if state == "25006":
        message += "; a plain query runs READ ONLY: write transaction: true if it is meant to write"
    return TargetRefused(message, code=code, partial=partial)


def _without_password(text: str, target: Target) -> str:
    return text.replace(target.password, "***") if target.password and len(target.password) > 3 else text
