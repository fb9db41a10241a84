"""Who uses the shop in these tests."""

from dataclasses import dataclass
from typing import Any

import httpx
import psycopg

from examples.shop.app import App

Headers = dict[str, str]


@dataclass(frozen=True)
class Shop:
    app: App
    client: httpx.Client
    database_url: str
    redis_url: str

    def customer(self, name: str) -> Headers:
        """Sign up and in; the headers that say so."""
        email = f"{name}@example.org"
        self.client.post("/users", json={"email": email, "name": name, "password": "long enough"}).raise_for_status()
        return self.log_in(name)

    def admin(self, name: str) -> Headers:
        self.customer(name)
        self.sql("UPDATE users SET role = 'admin' WHERE email = %s", f"{name}@example.org")
        return self.log_in(name)

    def log_in(self, name: str) -> Headers:
        answer = self.client.post("/login", json={"email": f"{name}@example.org", "password": "long enough"})
        self.client.cookies.clear()  # the header alone says who is calling
        return {"Authorization": f"Bearer {answer.raise_for_status().json()['token']}"}

    def order(self, who: Headers, **quantities: int) -> httpx.Response:
        lines = [{"sku": sku.replace("_", "-"), "quantity": quantity} for sku, quantity in quantities.items()]
        return self.client.post("/orders", json={"lines": lines}, headers=who)

    def stock(self, sku: str) -> Any:
        return self.client.get(f"/products/{sku}/stock").json()["stock"]

    def fault(self, part: str, kind: str, **more: object) -> httpx.Response:
        """Turn a fault on; its name is the kind's."""
        return self.client.put(f"/faults/{kind}", json={"part": part, "kind": kind, **more}).raise_for_status()

    def rows(self, statement: Any, *params: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(statement, params).fetchall()

    def sql(self, statement: Any, *params: object) -> None:
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement, params)
