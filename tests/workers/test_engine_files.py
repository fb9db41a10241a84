"""Files that came with a flow reach its steps, version by version."""

from typing import Any

from executions.models import Execution
from executions.operations.rerun import rerun_execution
from executions.operations.start import start_execution
from executions.status import RerunMode, Trigger
from flows.models import FlowVersion
from flows.operations.save_flow import save_flow
from tests.workers.actions.orchard import PROTO, SERVICE, Orchard
from tests.workers.in_process import Machine, flow


def save(engine: Machine, text: str, files: dict[str, str]) -> FlowVersion:
    return save_flow(workspace=engine.workspace, text=text, by=None, files=files).version


def start(version: FlowVersion) -> Execution:
    return start_execution(flow_version=version, environment=None, variables={}, trigger=Trigger.CLI, actor="bob")


def test_a_step_uses_the_files_of_the_version_that_runs(engine: Machine, settings: Any) -> None:
    settings.LOCAL_FILES = False  # no file of the worker is read
    with Orchard(reflection=()) as orchard:
        config = (
            f"address: '{orchard.address}', method: {SERVICE}/Echo, request: {{id: cox}}, proto_file: p/trees.proto"
        )
        text = flow(f"{{id: call, action: grpc_call, config: {{{config}}}, assert: [body.id == 'cox']}}")
        # Given a version with its file, one whose file is broken, and one without
        good, broken = save(engine, text, {"p/trees.proto": PROTO}), save(engine, text, {"p/trees.proto": "nonsense"})
        bare = save(engine, text, {})
        # Then each runs with what it has
        first = engine.drive(start(good))
        assert first.status == "passed"
        assert engine.drive(start(broken)).step("steps/call").failure_code == "bad_proto"
        assert engine.drive(start(bare)).step("steps/call").failure_code == "local_files"
        # And a re-run as it was has the file that it had
        again = rerun_execution(
            execution=first.execution, actor="bob", trigger=Trigger.CLI, mode=RerunMode.AS_IT_WAS, variables={}
        )
        assert engine.drive(again).status == "passed"
