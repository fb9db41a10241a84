"""Who appears in tests: alice is an admin, bob an editor, charlie a viewer; mallory is of another workspace."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from flows.language import jsontext
from workspaces.models import Membership, Role, Workspace
from workspaces.operations.create_token import create_token

_numbers = count(1)


def make_user(name: str) -> User:
    return User.objects.create_user(f"{name}-{next(_numbers)}")


def make_workspace(name: str = "shop") -> Workspace:
    return Workspace.objects.create(slug=f"{name}-{next(_numbers)}", name=name.title())


def make_member(workspace: Workspace, role: Role, name: str = "somebody") -> User:
    user = make_user(name)
    Membership.objects.create(workspace=workspace, user=user, role=role)
    return user


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    raw: Any  # what Django's test client gives


class Api:
    """Somebody's token, and the calls made with it."""

    def __init__(self, workspace: Workspace, user: User, role: Role) -> None:
        self.workspace, self.user = workspace, user
        self.token, self.secret = create_token(workspace=workspace, user=user, name="test", role=role)
        self._client = Client(raise_request_exception=False)

    def get(self, path: str, **headers: str) -> Answer:
        return self._call("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self._call("POST", path, {} if body is None else body, headers)

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        return self._call("PUT", path, body, headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self._call("DELETE", path, None, headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self._call("PATCH", path, body, headers)

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        response = self._client.generic(
            method,
            f"/api/v1{path}",
            b"" if body is None else jsontext.dumps(body).encode(),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}"} | {k.replace("_", "-"): v for k, v in headers.items()},
        )
        text = response.getvalue().decode()  # of a stream, too
        is_json = "json" in response.headers.get("Content-Type", "")
        return Answer(response.status_code, (json.loads(text) if text else None) if is_json else text, response)


def api_of(workspace: Workspace, role: Role, name: str = "somebody") -> Api:
    return Api(workspace, make_member(workspace, role, name), role)
