"""Create the payload table by hand: Django cannot partition. Old bodies go by dropping a partition, not by deleting rows."""

from django.db import migrations

CREATE = """
    CREATE TABLE executions_payload (
        attempt_id bigint NOT NULL,
        created_at timestamptz NOT NULL,
        request text,
        response text,
        request_size bigint NOT NULL DEFAULT 0,
        response_size bigint NOT NULL DEFAULT 0,
        is_cut boolean NOT NULL DEFAULT false,
        is_partial boolean NOT NULL DEFAULT false,
        content_type varchar(255) NOT NULL DEFAULT '',
        response_hash varchar(64) NOT NULL DEFAULT '',
        PRIMARY KEY (attempt_id, created_at)
    ) PARTITION BY RANGE (created_at);
    CREATE TABLE executions_payload_default PARTITION OF executions_payload DEFAULT;
    DO $$
    BEGIN
        ALTER TABLE executions_payload ALTER COLUMN request SET COMPRESSION lz4,
                                       ALTER COLUMN response SET COMPRESSION lz4;
        ALTER TABLE executions_payload_default ALTER COLUMN request SET COMPRESSION lz4,
                                               ALTER COLUMN response SET COMPRESSION lz4;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'this PostgreSQL was built without lz4; bodies are compressed by pglz';
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("executions", "0002_guard_moves")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE executions_payload")]
