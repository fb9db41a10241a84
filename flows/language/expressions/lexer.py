"""Cuts an expression into tokens, by hand: what a word means depends on where it stands.

Where an operand is expected, `in` is a name; where an operator is expected, it is the operator. After a dot every word
is a member. Only before `(` is a word a function. So `first == 'a'`, `body.in`, `in in body` all read as meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.language.expressions.closers import find_closer
from flows.language.expressions.errors import ExpressionSyntaxError
from flows.language.expressions.jsonpath import scan
from flows.language.expressions.numbers import BadNumber, read_number
from flows.language.values import near

_MAX_DASHES = 32
NAME = re.compile(r"[^\W\d]\w*")
DOLLAR_NAME = re.compile(r"\$[^\W\d]\w*")
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
SPACE = re.compile(r"\s*")
SYMBOLS = re.compile(r"\?\?|\?\.(?!\d)|==|!=|<=|>=|&&|\|\||[<>!+\-*/%?:.,()\[\]{}#]")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\\": "\\", '"': '"', "'": "'", "/": "/"}

WORDS = {
    "contains": "contains",
    "startsWith": "startsWith",
    "starts_with": "startsWith",
    "endsWith": "endsWith",
    "ends_with": "endsWith",
    "matches": "matches",
    "in": "in",
}
TYPES = {"null": "null", "nil": "null", "number": "number", "string": "string", "boolean": "boolean"}
TYPES |= {"array": "array", "object": "object"}
LITERALS: dict[str, Any] = {"true": True, "false": False, "null": None, "nil": None}
COMPARE = {"==", "!=", "<", "<=", ">", ">="}
KINDS = {
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    "%": "PERCENT",
    "&&": "AND",
    "||": "OR",
    "!": "BANG",
    "?": "QUESTION",
    "??": "COALESCE",
    ":": "COLON",
    ".": "DOT",
    "?.": "OPTDOT",
    ",": "COMMA",
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    "}": "RBRACE",
    "#": "HASH",
}
CLOSING = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "BRACE"}
ENDS_OPERAND = frozenset(
    {"NAME", "NUMBER", "STRING", "LITERAL", "MEMBER", "JSONPATH", "TEMPLATE", "HASH"}
    | {"RPAR", "RSQB", "RBRACE", "EXISTS", "IS"}
)


@dataclass(frozen=True, slots=True)
class Tok:
    """One token; `start` and `end` are offsets in the source."""

    kind: str
    value: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """A name as written, which may hold dashes."""

    text: str
    start: int

    @property
    def dashes(self) -> tuple[int, ...]:
        """Where its dashes are, as offsets in the source."""
        return tuple(self.start + i for i, char in enumerate(self.text) if char == "-")


def tokens(source: str, splits: frozenset[int] = frozenset()) -> Iterator[Tok]:
    """The tokens of `source`. `splits` are the offsets of dashes that are subtractions, not parts of a name.

    Raises ExpressionSyntaxError.
    """
    yield from _Lexer(source, splits).run()


class _Lexer:
    def __init__(self, source: str, splits: frozenset[int]) -> None:
        self.source = source
        self.splits = splits
        self.at = 0
        self.last = ""  # kind of the last token
        self.open: list[Tok] = []

    def run(self) -> Iterator[Tok]:
        while True:
            self.at = _match(SPACE, self.source, self.at)
            if self.at >= len(self.source):
                break
            token = self._next()
            self._balance(token)
            self.last = token.kind
            self.at = token.end
            yield token
        if self.open:
            opened = self.open[-1]
            raise self._error(f"{self.source[opened.start : opened.end]} is never closed.", opened.start)

    def _error(self, message: str, at: int) -> ExpressionSyntaxError:
        return ExpressionSyntaxError(message, at + 1)

    def _next(self) -> Tok:
        char = self.source[self.at]
        if self.last in ("DOT", "OPTDOT"):
            member = self._member()
            if member:
                return member
        if self.last in ENDS_OPERAND:
            return self._operator()
        if char in "\"'":
            return self._string()
        if char.isdecimal() and char.isascii():
            return self._number()
        if char == "$":
            return self._dollar()
        if char == "{":
            return self._brace()
        name = NAME.match(self.source, self.at)
        return self._word(name) if name else self._symbol()

    def _balance(self, token: Tok) -> None:
        if token.kind in ("LPAR", "LSQB", "LOBJECT", "LCLOSURE"):
            self.open.append(token)
        elif token.kind in CLOSING:
            wanted = CLOSING[token.kind]
            opened = self.open.pop().kind if self.open else ""
            if opened != wanted and not (wanted == "BRACE" and opened in ("LOBJECT", "LCLOSURE")):
                raise self._error(f"{token.value} closes nothing that is open here.", token.start)

    def _follows(self, at: int, symbol: str) -> bool:
        return self.source.startswith(symbol, _match(SPACE, self.source, at))

    # operands

    def _string(self) -> Tok:
        quote, at = self.source[self.at], self.at + 1
        parts: list[str] = []
        while at < len(self.source):
            char = self.source[at]
            if char == quote:
                return Tok("STRING", "".join(parts), self.at, at + 1)
            if char != "\\":
                parts.append(char)
                at += 1
                continue
            text, at = self._escape(at)
            parts.append(text)
        raise self._error(f"The text that begins with {quote} is never closed.", self.at)

    def _escape(self, at: int) -> tuple[str, int]:
        following = self.source[at + 1 : at + 2]
        if following in ESCAPES:
            return ESCAPES[following], at + 2
        if following == "u":
            digits = self.source[at + 2 : at + 6]
            if not re.fullmatch(r"[0-9a-fA-F]{4}", digits):
                raise self._error("\\u wants four hexadecimal digits.", at)
            return self._unicode(int(digits, 16), at + 6)
        return "\\" + following, at + 1 + len(following)  # as in "\d+": a pattern need not be escaped twice

    def _unicode(self, code: int, at: int) -> tuple[str, int]:
        low = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})").match(self.source, at)
        if 0xD800 <= code < 0xDC00 and low:
            return chr(0x10000 + ((code - 0xD800) << 10) + (int(low[1], 16) - 0xDC00)), low.end()
        return chr(code), at

    def _number(self) -> Tok:
        found = NUMBER.match(self.source, self.at)
        assert found is not None
        try:
            value = read_number(found[0])
        except BadNumber as exc:
            raise self._error(str(exc), self.at) from exc
        if NAME.match(self.source, found.end()):
            raise self._error(f"A number is followed by {self.source[found.end()]}.", found.end())
        return Tok("NUMBER", value, self.at, found.end())

    def _dollar(self) -> Tok:
        if self.source.startswith("${", self.at):
            return self._template("${", "}")
        name = DOLLAR_NAME.match(self.source, self.at)
        if name:
            return Tok("NAME", Word(name[0], self.at), self.at, name.end())
        return self._jsonpath()

    def _brace(self) -> Tok:
        inside = _match(SPACE, self.source, self.at + 1)
        nested = self.source.startswith("{{", self.at)
        if nested and not re.compile(r"\{\{\s*(?:\}|([\"'])(?:(?!\1)[^\\]|\\.)*\1\s*:)", re.S).match(
            self.source, self.at
        ):
            return self._template("{{", "}}")
        is_object = re.compile(r"\}|([\"'])(?:(?!\1)[^\\]|\\.)*\1\s*:|[^\W\d]\w*\s*:", re.S).match(self.source, inside)
        return Tok("LOBJECT" if is_object else "LCLOSURE", "{", self.at, self.at + 1)

    def _template(self, opener: str, closer: str) -> Tok:
        begin = self.at + len(opener)
        end = find_closer(self.source, begin, closer)
        if end is None:
            raise self._error(f"{opener} is never closed.", self.at)
        return Tok("TEMPLATE", (begin, end), self.at, end + len(closer))

    def _jsonpath(self) -> Tok:
        found = scan(self.source, self.at, self.splits)
        return Tok("JSONPATH", found, self.at, found.end)

    def _word(self, name: re.Match[str]) -> Tok:
        text = name[0]
        if self._is_key(name.end()):
            return Tok("KEY", text, self.at, name.end())
        if self._follows(name.end(), "(") and text != "not":
            return Tok("FUNC", text, self.at, name.end())
        if text == "not" and self._is_operator_not(name.end()):
            return Tok("NOT", text, self.at, name.end())
        text = self._with_dashes(name)
        if text in LITERALS:
            return Tok("LITERAL", LITERALS[text], self.at, self.at + len(text))
        return Tok("NAME", Word(text, self.at), self.at, self.at + len(text))

    def _is_key(self, end: int) -> bool:
        in_object = bool(self.open) and self.open[-1].kind == "LOBJECT"
        return in_object and self.last in ("LOBJECT", "COMMA") and self._follows(end, ":")

    def _is_operator_not(self, end: int) -> bool:
        if self.source.startswith((".", "["), end):
            return False
        rest = self.source[_match(SPACE, self.source, end) :]
        if not rest or rest.startswith(("==", "!=", "??", "?.", "&&", "||")):
            return False
        return rest[0] not in "<>=&|)]},:?*/%+"

    def _with_dashes(self, name: re.Match[str]) -> str:
        """The longest run of names joined by dashes that may be one name."""
        text, at = name[0], name.end()
        while at not in self.splits:
            if text.count("-") >= _MAX_DASHES:
                raise self._error("A name has too many dashes. Put spaces around - to subtract.", at)
            part = re.compile(r"-\w+").match(self.source, at)
            if not part or (self._follows(part.end(), "(") and NAME.match(part[0], 1)):
                break
            text, at = text + part[0], part.end()
        return text

    def _member(self) -> Tok | None:
        name = NAME.match(self.source, self.at)
        if not name:
            if self.source[self.at] == "[" and self.last == "OPTDOT":
                return None
            hint = "Write [0] for an element of a list." if self.source[self.at].isdecimal() else "A name goes there."
            raise self._error(f"After a dot there is {self.source[self.at]}. {hint}", self.at)
        if self._follows(name.end(), "("):
            return Tok("METHOD", name[0], self.at, name.end())
        text = self._with_dashes(name)
        return Tok("MEMBER", Word(text, self.at), self.at, self.at + len(text))

    # operators

    def _operator(self) -> Tok:
        name = NAME.match(self.source, self.at)
        return self._operator_word(name) if name else self._symbol()

    def _operator_word(self, name: re.Match[str]) -> Tok:
        word, end, negated = name[0], name.end(), False
        if word in ("and", "or"):
            return Tok(word.upper(), word, self.at, end)
        if word == "not":
            following = NAME.match(self.source, _match(SPACE, self.source, end))
            if not following or following[0] not in (*WORDS, "exists"):
                raise self._error("not wants in, contains, exists or matches after a value.", self.at)
            word, end, negated = following[0], following.end(), True
        if word == "exists":
            return Tok("EXISTS", negated, self.at, end)
        if word == "is":
            return self._is_type(end)
        if word in WORDS:
            return Tok("WORD", ("not " if negated else "") + WORDS[word], self.at, end)
        raise self._error(f"An operator is expected, not {word}.{_did_you_mean(word)}", self.at)

    def _is_type(self, end: int) -> Tok:
        negated = False
        name = NAME.match(self.source, _match(SPACE, self.source, end))
        if name and name[0] == "not":
            negated = True
            name = NAME.match(self.source, _match(SPACE, self.source, name.end()))
        if not name or name[0] not in TYPES:
            at = name.start() if name else end
            found = near(name[0], TYPES) if name else ()
            hint = f" The nearest is {found[0]}." if found else ""
            raise self._error(f"is wants null, number, string, boolean, array or object.{hint}", at)
        return Tok("IS", (negated, TYPES[name[0]]), self.at, name.end())

    def _symbol(self) -> Tok:
        found = SYMBOLS.match(self.source, self.at)
        if not found:
            raise self._error(_strange(self.source, self.at), self.at)
        text = found[0]
        if text in COMPARE:
            return Tok("COMPARE", text, self.at, found.end())
        if text == "{":
            raise self._error("An operator is expected, not {.", self.at)
        return Tok(KINDS[text], text, self.at, found.end())


def _match(pattern: re.Pattern[str], source: str, at: int) -> int:
    found = pattern.match(source, at)
    return found.end() if found else at


def _did_you_mean(word: str) -> str:
    found = near(word, (*WORDS, "and", "or", "not", "is", "exists"))
    return f" The nearest is {found[0]}." if found else ""


def _strange(source: str, at: int) -> str:
    char = source[at]
    return {
        "=": "= compares nothing. Write == to compare.",
        "&": "& is not an operator. Write && or and.",
        "|": "| is not an operator. Write || or or.",
        "$": "$ does not go there.",
        "@": "@ goes only inside a JSONPath filter.",
    }.get(char, f"{char!r} has no meaning here.")
