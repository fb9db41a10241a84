"""Users: sign-up, profiles, deletion."""

from http import HTTPStatus

from psycopg.errors import UniqueViolation

from examples.shop.accounts import Accounts, hash_password
from examples.shop.fields import Fields
from examples.shop.messages import Json, Refused, Request, Response, answer, no_content
from examples.shop.pages import page
from examples.shop.router import Route
from examples.shop.store import Row, Store


class Users:
    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/users", self.sign_up, "email, name, password → a new user; 409 if the email is taken"),
            Route("GET", "/users", self.browse, "all users, for admins; limit, after"),
            Route("GET", "/users/me", self.show_me, "the caller"),
            Route("PATCH", "/users/me", self.rename_me, "name → the caller's new name"),
            Route("GET", "/users/{id}", self.show, "one user: oneself, or any for admins"),
            Route("DELETE", "/users/{id}", self.delete, "oneself, or any for admins; orders go too"),
        ]

    def sign_up(self, request: Request) -> Response:
        fields = Fields(request.json())
        email, name = fields.email("email"), fields.text("name", longest=100)
        password = fields.text("password", shortest=8)
        fields.done()
        try:
            user = self._store.one(
                "INSERT INTO users (email, name, password_hash) VALUES (%s, %s, %s) RETURNING *",
                [email, name, hash_password(password)],
            )
        except UniqueViolation:
            raise Refused(
                HTTPStatus.CONFLICT, f"A user with the email {email} exists already.", field="email"
            ) from None
        assert user is not None  # RETURNING gave the row
        return answer(_shown(user), HTTPStatus.CREATED, {"Location": f"/users/{user['id']}"})

    def browse(self, request: Request) -> Response:
        self._accounts.admin(request)
        limit = request.whole_number("limit", 20, low=1, high=100)
        after = request.whole_number("after", 0, low=0, high=999_999_999)
        rows = self._store.all("SELECT * FROM users WHERE id > %s ORDER BY id LIMIT %s", [after, limit + 1])
        return page([_shown(row) for row in rows], limit=limit, key="id", request=request)

    def show_me(self, request: Request) -> Response:
        return answer(_shown(self._row(self._accounts.signed_in(request).user_id)))

    def rename_me(self, request: Request) -> Response:
        session = self._accounts.signed_in(request)
        fields = Fields(request.json())
        name = fields.text("name", longest=100)
        fields.done()
        user = self._store.one("UPDATE users SET name = %s WHERE id = %s RETURNING *", [name, session.user_id])
        return answer(_shown(_found(user, session.user_id)))

    def show(self, request: Request) -> Response:
        return answer(_shown(self._row(self._reachable(request))))

    def delete(self, request: Request) -> Response:
        user_id = self._reachable(request)
        _found(self._store.one("DELETE FROM users WHERE id = %s RETURNING id", [user_id]), user_id)
        return no_content()

    def _reachable(self, request: Request) -> int:
        """The id in the path, if the caller may touch that user. Raises Refused."""
        session = self._accounts.signed_in(request)
        text = request.params["id"]
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise Refused(HTTPStatus.NOT_FOUND, f"There is no user {text}.")
        if int(text) != session.user_id and not session.is_admin:
            raise Refused(HTTPStatus.FORBIDDEN, "This is somebody else's account.")
        return int(text)

    def _row(self, user_id: int) -> Row:
        return _found(self._store.one("SELECT * FROM users WHERE id = %s", [user_id]), user_id)


def _found(row: Row | None, user_id: int) -> Row:
    if row is None:
        raise Refused(HTTPStatus.NOT_FOUND, f"There is no user {user_id}.")
    return row


def _shown(user: Row) -> Json:
    return {
        "id": user["id"],
        "email": user["email"],
        "name": user["name"],
        "role": user["role"],
        "created_at": user["created_at"].isoformat(),
    }
