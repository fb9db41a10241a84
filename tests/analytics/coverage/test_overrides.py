import pytest

from analytics.coverage.overrides import Rule, name_routes, pattern_of
from analytics.errors import RouteInvalid


def one(pattern: str) -> Rule:
    return Rule(pattern, keeps_apart=False)


def apart(pattern: str) -> Rule:
    return Rule(pattern, keeps_apart=True)


def test_literals_that_are_one_route_become_one() -> None:
    routes = ["/products/tea", "/products/cup", "/products/tea/price", "/health"]
    named = name_routes(routes, [one("/products/{}")])
    assert named == {
        "/products/tea": "/products/{}", "/products/cup": "/products/{}",
        "/products/tea/price": "/products/tea/price", "/health": "/health",
    }  # fmt: skip


def test_what_looks_like_a_value_is_kept_apart() -> None:
    routes = ["/products/iphone-15-pro", "/products/1207", "/products/{}"]
    assert set(name_routes(routes, []).values()) == {"/products/{}"}
    named = name_routes(routes, [apart("/products/iphone-15-pro")])
    assert named["/products/iphone-15-pro"] == "/products/iphone-15-pro"
    assert named["/products/1207"] == "/products/{}"
    assert name_routes(routes, [apart("/products/{}")]) == {route: route for route in routes}


def test_the_more_exact_rule_is_followed() -> None:
    rules = [one("/products/{}"), apart("/products/mine"), apart("/{}/1"), one("/{}/{}")]
    named = name_routes(["/products/mine", "/products/1", "/carts/1", "/carts/2"], rules)
    assert list(named.values()) == ["/products/mine", "/products/{}", "/carts/1", "/{}/{}"]


def test_those_that_a_rule_names_take_no_part_in_guessing() -> None:
    words = [f"/products/{word}" for word in "abcdefghijk"]  # eleven literals: one too many to be names
    assert set(name_routes(words, []).values()) == {"/products/{}"}
    named = name_routes(words, [apart("/products/a")])
    assert named == {word: word for word in words}


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("/products/{id}", "/products/{}"), (" products/{}/ ", "/products/{}"), ("/a/report-{n}.csv", "/a/report-{}.csv")],
)
def test_a_pattern_is_kept_in_one_spelling(text: str, pattern: str) -> None:
    assert pattern_of(text, keeps_apart=False) == pattern


@pytest.mark.parametrize("text", ["", " ", "/a b/{}", "/a?x={}", "/a/{}#b", "/" + "a" * 500, "/products/tea"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(RouteInvalid):
        pattern_of(text, keeps_apart=False)
