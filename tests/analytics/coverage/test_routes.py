import pytest

from analytics.coverage.routes import merge_siblings, template_of


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/orders/1207", "/orders/{}"),
        ("/orders/7d9f0c0e-26a5-4b7e-9df1-7d9f0c0e26a5/items", "/orders/{}/items"),
        ("/blobs/9f86d081884c7d65", "/blobs/{}"),
        ("/x/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/x/{}"),
        ("/days/2026-11-20", "/days/{}"),
        ("/users/anna@example.org", "/users/{}"),
        ("/orders/ord_12ab", "/orders/{}"),
        ("/k/a1b2c3d4e5f6", "/k/{}"),
        ("/v2/orders", "/v2/orders"),
        ("/2026-10-21/messages", "/2026-10-21/messages"),
        ("/orders/{}/lines", "/orders/{}/lines"),
        ("/products/tea", "/products/tea"),
        ("/products/iphone-15-pro", "/products/{}"),  # wrong now and then; a document says better
        ("/", "/"),
        ("", "/"),
    ],
)
def test_segments_that_look_like_values_are_taken_out(path: str, route: str) -> None:
    assert template_of(path) == route


def test_many_siblings_of_one_shape_are_values() -> None:
    words = [
        f"/products/{word}" for word in ["tea", "cup", "pot", "jug", "mug", "tin", "box", "bag", "jar", "can", "pan"]
    ]
    assert set(merge_siblings(words).values()) == {"/products/{}"}
    assert merge_siblings(words[:10]) == {word: word for word in words[:10]}


def test_children_of_many_siblings_are_merged_by_what_follows_them() -> None:
    names = "abcdefghijk"
    routes = [f"/shops/{name}/stock" for name in names] + ["/shops/a/map"]
    merged = merge_siblings(routes)
    assert merged["/shops/a/stock"] == "/shops/{}/stock"
    assert merged["/shops/a/map"] == "/shops/a/map"
