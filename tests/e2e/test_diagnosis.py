"""Three things that look alike, a 404, made for real: each is told apart by the front door."""

from contextlib import closing
from dataclasses import replace

import pytest

from bench.diagnosis.cases import all_cases
from bench.diagnosis.playing import Play
from bench.diagnosis.world import World
from bench.stack import Stack as BenchStack
from tests.running_stack import Stack

pytestmark = pytest.mark.stack


def test_a_wrong_path_a_deleted_fixture_and_a_late_order_are_told_apart(stack: Stack) -> None:
    world = World(
        BenchStack(stack.home, stack.url, stack.token, stack.database_url, stack.redis_url, stack.supervisor, 0.0)
    )
    said = {}
    with closing(world), closing(world.stack.client()) as client:
        for case in all_cases():
            if case.id in {"e05", "d01", "t09"}:
                play = Play(world, replace(case, healthy=4))
                play.prepare()
                found = client.diagnosis(play.fail())
                said[case.id] = found["verdict"]["category"]
                cited = {name for rule in found["rules"] for name in rule["evidence"]}
                types = {one["type"] for one in found["items"] if one["id"] in cited}
                assert set(case.cites) <= types, found["rules"]
    assert said == {"e05": "environment", "d01": "data", "t09": "timing"}
