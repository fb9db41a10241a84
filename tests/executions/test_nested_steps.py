"""Step runs inside others over HTTP: where they are, how many, and what a snapshot leaves out of a very long loop."""

from typing import Any

import pytest
from django.test import Client

from executions import lookup
from executions.models import Execution
from executions.status import Trigger
from executions.operations.start import start_execution
from flows.operations.save_flow import save_flow
from tests.workers.in_process import Machine, flow
from workspaces.operations.create_token import create_token
