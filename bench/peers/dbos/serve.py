"""DBOS doing the same as a no-op flow: a workflow of steps that do nothing, each recorded in PostgreSQL.

Run with DBOS' own Python. A line `3 40` on stdin runs three workflows of forty steps at once; the answer is how many
seconds it took.
"""

import logging
import sys
import time

from dbos import DBOS, DBOSConfig

config: DBOSConfig = {
    "name": "bench",
    "system_database_url": sys.argv[1],
    "log_level": "ERROR",
    "run_admin_server": False,
}
DBOS(config=config)
logging.getLogger("dbos").setLevel(logging.ERROR)


@DBOS.step()
def noop(message: str) -> str:
    return message


@DBOS.workflow()
def flow(steps: int) -> int:
    for _ in range(steps):
        noop("hello")
    return steps


DBOS.launch()
print("ready", flush=True)
for line in sys.stdin:
    count, steps = map(int, line.split())
    began = time.time()
    handles = [DBOS.start_workflow(flow, steps) for _ in range(count)]
    for handle in handles:
        handle.get_result()
    print(time.time() - began, flush=True)
DBOS.destroy()
