"""Let PostgreSQL itself refuse a move that `executions/status.py` does not allow: a final status never changes."""

from django.db import migrations

ALLOWED = {
    "executions_execution": {
        "queued": ["running", "cancelled", "timed_out"],
        "running": ["passed", "failed", "cancelled", "timed_out"],
    },
    "executions_steprun": {
        "pending": ["running", "cancelled"],
        "running": ["retrying", "passed", "failed", "skipped", "cancelled"],
        "retrying": ["running", "failed", "cancelled"],
    },
}


def guard(table: str, moves: dict[str, list[str]]) -> str:
    allowed = ", ".join(f"('{old}', '{new}')" for old, news in moves.items() for new in news)
    return f"""
        CREATE FUNCTION {table}_guard_move() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (OLD.status, NEW.status) NOT IN ({allowed}) THEN
                RAISE EXCEPTION '{table} %: no move from % to %', OLD.id, OLD.status, NEW.status
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_allowed_move';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER guard_move BEFORE UPDATE OF status ON {table}
            FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION {table}_guard_move();
    """


class Migration(migrations.Migration):
    dependencies = [("executions", "0001_create_executions")]

    operations = [
        migrations.RunSQL(
            guard(table, moves),
            f"DROP TRIGGER guard_move ON {table}; DROP FUNCTION {table}_guard_move();",
        )
        for table, moves in ALLOWED.items()
    ]
