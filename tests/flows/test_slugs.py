import re

import pytest

from flows.slugs import MAX_LENGTH, same_name, slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Checkout", "checkout"),
        ("Sign up, then log in!", "sign-up-then-log-in"),
        ("Café Crème", "cafe-creme"),
        ("Größe", "große"),
        ("Оплата заказа", "оплата-заказа"),
        ("Йод", "йод"),
        ("注文", "注文"),
        ("a/b\\c?d#e%f", "abcdef"),
    ],
)
def test_a_name_becomes_a_slug(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize("name", ["🎉", "!!!", "-", "_"])
def test_a_name_without_letters_gets_a_slug_all_the_same(name: str) -> None:
    assert re.fullmatch(r"flow-[0-9a-f]{8}", slug_of(name))


def test_a_slug_is_never_too_long() -> None:
    assert len(slug_of("x y " * 200)) <= MAX_LENGTH


def test_case_and_spaces_do_not_make_another_name() -> None:
    assert same_name("Check  out ", "check OUT")
    assert not same_name("Check out", "Check-out")
