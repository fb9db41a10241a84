from tests.examples.shop.people import Shop


def test_a_sign_up_answers_with_the_user_and_never_with_the_password(shop: Shop) -> None:
    answer = shop.client.post("/users", json={"email": "Alice@Example.org", "name": "Alice", "password": "long enough"})
    user = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/users/{user['id']}")
    assert (user["email"], user["name"], user["role"]) == ("alice@example.org", "Alice", "customer")
    assert not user.keys() & {"password", "password_hash"}


def test_an_address_is_taken_once(shop: Shop) -> None:
    shop.customer("alice")
    again = shop.client.post("/users", json={"email": "ALICE@example.org", "name": "B", "password": "long enough"})
    assert (again.status_code, again.json()["field"]) == (409, "email")


def test_every_mistake_is_told_at_once(shop: Shop) -> None:
    answer = shop.client.post("/users", json={"email": "alice", "password": "short", "nickname": "Al"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == ["email", "name", "password", "nickname"]


def test_what_is_not_a_json_object_is_refused(shop: Shop) -> None:
    for body in (b"", b"{", b"[1]", b"\xff", b"[" * 100_000):
        assert shop.client.post("/users", content=body).status_code == 400


def test_values_that_the_database_cannot_keep_are_the_callers_mistake(shop: Shop) -> None:
    for name in (rb"a\u0000b", rb"\ud800"):
        body = b'{"email": "a@b.org", "password": "long enough", "name": "' + name + b'"}'
        assert shop.client.post("/users", content=body).status_code == 400


def test_people_see_themselves_and_nobody_else(shop: Shop) -> None:
    alice, bob = shop.customer("alice"), shop.customer("bob")
    bobs_id = shop.client.get("/users/me", headers=bob).json()["id"]
    assert shop.client.get(f"/users/{bobs_id}", headers=bob).status_code == 200
    assert shop.client.get(f"/users/{bobs_id}", headers=alice).status_code == 403
    assert shop.client.get(f"/users/{bobs_id}").status_code == 401
    assert shop.client.get("/users/no-number", headers=alice).status_code == 404


def test_an_admin_pages_through_everybody(shop: Shop) -> None:
    admin = shop.admin("root")
    for name in ("alice", "bob", "charlie"):
        shop.customer(name)
    seen, url = [], "/users?limit=3"
    while url:
        page = shop.client.get(url, headers=admin).json()
        seen += [user["name"] for user in page["items"]]
        url = page["next"]
    assert seen == ["root", "alice", "bob", "charlie"]
    assert shop.client.get("/users", headers=shop.log_in("alice")).status_code == 403


def test_an_account_can_be_renamed_and_closed(shop: Shop) -> None:
    alice = shop.customer("alice")
    renamed = shop.client.patch("/users/me", json={"name": "Alicia"}, headers=alice).json()
    assert renamed["name"] == "Alicia"
    shop.order(alice, kettle=1).raise_for_status()
    assert shop.client.delete(f"/users/{renamed['id']}", headers=alice).status_code == 204
    assert shop.client.get("/users/me", headers=alice).status_code == 404
    assert shop.order(alice, kettle=1).status_code == 401
