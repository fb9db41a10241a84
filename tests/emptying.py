"""Emptying the database after a test that commits.

Django truncates every table, which makes files anew for each of them and each of its indexes, and here most of some 250
are partitions that hold nothing. Instead the rows are deleted, where there are any.
"""

from typing import Final

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import TransactionTestCase

KEPT: Final = ["auth_permission", "django_content_type", MigrationRecorder.Migration._meta.db_table]

# Nothing refers to what goes away, for everything does: neither foreign keys nor triggers have a say.
EMPTY: Final = """
DO $$
DECLARE
    known regclass;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR known IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = current_schema::regnamespace AND relname <> ALL (%s)
            AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format('DELETE FROM %%s', known);
    END LOOP;
END $$
"""


def empty() -> None:
    """Sequences go on from where they are, as with Django's own."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY, [KEPT])


def install() -> None:
    """Let every test that commits end so."""
    TransactionTestCase._fixture_teardown = lambda _: empty()  # type: ignore[attr-defined]  # Django has no other place for it
