import json

import redis

from examples.shop.accounts import hash_password, is_password
from tests.examples.shop.people import Shop


def test_a_password_is_kept_as_a_salted_hash() -> None:
    stored = hash_password("long enough")
    assert stored != hash_password("long enough")
    assert is_password("long enough", stored)
    assert not is_password("long enougH", stored)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(shop: Shop) -> None:
    shop.customer("alice")
    answers = [
        shop.client.post("/login", json={"email": email, "password": "something else"})
        for email in ("alice@example.org", "nobody@example.org")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_the_session_is_in_the_cache_for_an_hour(shop: Shop) -> None:
    token = shop.customer("alice")["Authorization"].removeprefix("Bearer ")
    with redis.Redis.from_url(shop.redis_url) as cache:
        session = json.loads(str(cache.get(f"session:{token}"), "utf-8"))
        assert (session["email"], session["role"]) == ("alice@example.org", "customer")
        assert 3500 < int(str(cache.ttl(f"session:{token}"))) <= 3600


def test_logging_out_ends_the_session(shop: Shop) -> None:
    alice = shop.customer("alice")
    assert shop.client.post("/logout", headers=alice).status_code == 204
    refused = shop.client.get("/users/me", headers=alice)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="shop"')


def test_a_cookie_carries_the_session_as_well(shop: Shop) -> None:
    token = shop.customer("alice")["Authorization"].removeprefix("Bearer ")
    assert shop.client.get("/users/me", headers={"Cookie": f"shop_session={token}"}).status_code == 200
    assert shop.client.get("/users/me", headers={"Cookie": "shop_session=made-up"}).status_code == 401
    assert shop.client.get("/users/me", headers={"Cookie": "=;\x01"}).status_code == 401
