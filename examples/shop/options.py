"""The words of the command line."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from examples.shop.app import DECISION_SECONDS


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    home = Path(os.environ.get("STEPWELL_HOME") or Path.home() / ".local/share/stepwell")
    parser = argparse.ArgumentParser(prog="python -m examples.shop", description="The demo shop, on 127.0.0.1.")
    add = parser.add_argument
    add("--port", type=int, metavar="N", help="HTTP; default 5016 or another free one; 0 for any")
    add("--https-port", type=int, metavar="N", help="HTTPS; default 5021, likewise")
    add("--grpc-port", type=int, metavar="N", help="gRPC, recommendations; default 5020, likewise")
    add("--postgres-port", type=int, metavar="N", help="of its own PostgreSQL; default 5017, likewise")
    add("--redis-port", type=int, metavar="N", help="of its own Valkey; default 5018, likewise")
    add("--kafka-port", type=int, metavar="N", help="of its own Kafka broker; default 5019, likewise")
    add("--data", type=Path, default=home / "shop", help="data folder of its own servers; default %(default)s")
    add("--database-url", help="use this PostgreSQL database; needs --redis-url too")
    add("--redis-url", help="use this Redis or Valkey; needs --database-url too")
    add("--kafka", metavar="BROKERS", help="use these brokers: HOST:PORT,…")
    add("--no-kafka", action="store_true", help="run without events and notifications")
    add("--ready-file", type=Path, help="write the addresses there as JSON once the shop serves")
    add("--decision-seconds", type=float, default=DECISION_SECONDS, help="how long a payment stays pending")
    add("--verbose", action="store_true", help="log each request")
    options = parser.parse_args(arguments)
    if bool(options.database_url) != bool(options.redis_url):
        parser.error("--database-url and --redis-url go together.")
    if options.kafka and options.no_kafka:
        parser.error("--kafka and --no-kafka contradict each other.")
    return options
