"""What Django looks for under the name of a database's engine.

psycopg's pool checks a connection before it lends it, and sleeps one second, two, four … for each it finds broken in
a row. After a restart of the server all of them are: whoever came first waited fifteen seconds beside five idle ones.
"""

from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool

TRIES: Final = 3  # the fourth in a row is lent as it is, and whoever uses it is told


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that works. Where one of the pool does not, none of those that lie beside it is believed."""
        found = super().get_new_connection(conn_params)
        pool: ConnectionPool | None = self.pool
        if pool is None:
            return found
        for _ in range(TRIES):
            try:
                pool.check_connection(found)
                break
            except psycopg.Error:
                pool.putconn(found)  # which makes another in its place
                pool.drain()
                found = super().get_new_connection(conn_params)
            except BaseException:  # told to stop: it is lent to nobody then
                pool.putconn(found)
                raise
        return found
