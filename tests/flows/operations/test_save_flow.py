"""Saving a text: which flow it is, which version it is, and what is refused."""

import threading

import pytest
from django.db import close_old_connections

from flows.errors import FilesInvalid, FlowInvalid
from flows.models import Flow, FlowVersion
from flows.operations.save_flow import Saved, save_flow
from tests.cast import make_user, make_workspace
from workspaces.models import AuditEntry, Workspace


def text(name: str, message: str = "hello") -> str:
    return f"flow:\n  name: {name!r}\n  steps:\n    - {{id: one, action: log, config: {{message: {message!r}}}}}\n"


@pytest.fixture
def shop(db: None) -> Workspace:
    return make_workspace()


def save(shop: Workspace, content: str, slug: str | None = None) -> Saved:
    return save_flow(workspace=shop, text=content, by=None, slug=slug)


def test_a_new_text_makes_a_flow_and_its_first_version(shop: Workspace) -> None:
    alice = make_user("alice")
    saved = save_flow(workspace=shop, text=text("Check out"), by=alice)
    assert (saved.created, saved.version_created, saved.flow.slug, saved.version.number) == (True, True, "check-out", 1)
    assert saved.flow.latest_version == saved.version
    assert saved.version.created_by == alice
    assert saved.version.spec.steps[0].id == "one"
    assert AuditEntry.objects.get(workspace=shop).verb == "flow.saved"


def test_the_same_text_is_the_same_version(shop: Workspace) -> None:
    first, again = save(shop, text("Check out")), save(shop, text("Check out"))
    assert again.version == first.version
    assert (again.created, again.version_created) == (False, False)
    assert AuditEntry.objects.filter(workspace=shop).count() == 1


def test_another_text_is_the_next_version(shop: Workspace) -> None:
    save(shop, text("Check out", "one"))
    second = save(shop, text("Check out", "two"))
    assert (second.created, second.version.number, second.flow.latest_version) == (False, 2, second.version)


def test_an_old_text_saved_again_is_the_old_version_and_the_latest(shop: Workspace) -> None:
    first = save(shop, text("Check out", "one"))
    save(shop, text("Check out", "two"))
    again = save(shop, text("Check out", "one"))
    assert again.version == first.version
    assert Flow.objects.get(pk=again.flow.pk).latest_version == first.version
    assert save(shop, text("Check out", "three")).version.number == 3


def test_names_that_differ_in_case_and_spaces_are_one_flow(shop: Workspace) -> None:
    first, again = save(shop, text("Check out")), save(shop, text("check  OUT"))
    assert again.flow == first.flow
    assert Flow.objects.get(pk=first.flow.pk).name == "check  OUT"


def test_different_names_of_one_slug_are_different_flows_each_time(shop: Workspace) -> None:
    slugs = [save(shop, text(name)).flow.slug for name in ("Check out", "Check-out", "Check out!")]
    assert slugs == ["check-out", "check-out-2", "check-out-3"]
    again = [save(shop, text(name, "new")).flow.slug for name in ("Check out", "Check-out", "Check out!")]
    assert again == slugs


def test_an_explicit_slug_names_the_flow_whatever_it_was_called(shop: Workspace) -> None:
    first = save(shop, text("Check out"), slug="pay")
    renamed = save(shop, text("Purchase"), slug="pay")
    assert renamed.flow == first.flow
    assert Flow.objects.get(pk=first.flow.pk).name == "Purchase"


def test_a_slug_that_is_none_is_made_one(shop: Workspace) -> None:
    assert save(shop, text("Check out"), slug="My Flow").flow == save(shop, text("Other"), slug="my-flow").flow


def test_workspaces_do_not_meet(shop: Workspace) -> None:
    other = make_workspace("other")
    assert save(shop, text("Check out")).flow != save(other, text("Check out")).flow


def test_an_archived_flow_comes_back_when_it_is_saved(shop: Workspace) -> None:
    flow = save(shop, text("Check out")).flow
    flow.archived_at = flow.created_at
    flow.save()
    save(shop, text("Check out"))
    assert Flow.objects.get(pk=flow.pk).archived_at is None


@pytest.mark.parametrize(
    "content",
    ["", "flow: {name: x}", "\x00", "steps: [", "a: 1\ud800", "x" * 2_000_000],
    ids=["empty", "no steps", "nul", "broken yaml", "lone surrogate", "two megabytes"],
)
def test_a_text_with_errors_saves_nothing_and_names_them(shop: Workspace, content: str) -> None:
    with pytest.raises(FlowInvalid) as caught:
        save(shop, content)
    assert any(problem.severity == "error" for problem in caught.value.problems)
    assert not Flow.objects.filter(workspace=shop).exists()


@pytest.mark.django_db(transaction=True)
def test_many_who_save_the_same_new_text_at_once_make_one_version() -> None:
    shop = make_workspace()
    start, saved = threading.Barrier(8), []

    def save_it() -> None:
        start.wait()
        try:
            saved.append(save_flow(workspace=shop, text=text("Check out"), by=None))
        finally:
            close_old_connections()

    threads = [threading.Thread(target=save_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(saved) == 8
    assert [one.created for one in saved].count(True) == 1
    assert FlowVersion.objects.filter(flow__workspace=shop).count() == 1


def test_files_belong_to_a_version_as_its_text_does(shop: Workspace) -> None:
    bare = save(shop, text("Check out"))
    first = save_flow(workspace=shop, text=text("Check out"), by=None, files={"a.proto": "1", "b.proto": "2"})
    again = save_flow(workspace=shop, text=text("Check out"), by=None, files={"b.proto": "2", "a.proto": "1"})
    other = save_flow(workspace=shop, text=text("Check out"), by=None, files={"a.proto": "3", "b.proto": "2"})
    assert [one.version.number for one in (bare, first, again, other)] == [1, 2, 2, 3]
    assert FlowVersion.objects.get(pk=first.version.pk).files == {"a.proto": "1", "b.proto": "2"}
    assert FlowVersion.objects.get(pk=bare.version.pk).files == {}
    assert save(shop, text("Check out")).version == bare.version


def test_files_that_cannot_be_kept_save_nothing(shop: Workspace) -> None:
    with pytest.raises(FilesInvalid, match=r"'id_rsa' cannot be the name"):
        save_flow(workspace=shop, text=text("Check out"), by=None, files={"id_rsa": "x"})
    assert not Flow.objects.filter(workspace=shop).exists()
