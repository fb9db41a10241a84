"""Save the text of a flow."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from flows.changes import FIRST, change_between
from flows.errors import FilesInvalid, FlowChanged, FlowInvalid, FlowTaken
from flows.language import jsontext
from flows.language.check import check
from flows.language.files import why_not_kept
from flows.language.problems import Problem
from flows.language.spec import FlowSpec
from flows.models import Flow, FlowVersion
from flows.slugs import MAX_LENGTH, same_name, slug_of
from flows.tags import tag_of_flow
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit

SLUG_STEM = MAX_LENGTH - 8  # leaves room for a number behind it


@dataclass(frozen=True, kw_only=True)
class Saved:
    flow: Flow
    version: FlowVersion
    created: bool  # the flow is new
    version_created: bool  # the text, or a file, is new
    problems: tuple[Problem, ...]  # warnings


def save_flow(
    *,
    workspace: Workspace,
    text: str,
    by: User | None,
    slug: str | None = None,
    actor: str = "",
    filename: str = "flow.yaml",
    files: Mapping[str, str] | None = None,
    expected_tag: str | None = None,
    only_new: bool = False,
) -> Saved:
    """Keep `text` as the latest version of its flow; text the flow already had is that same version again.

    Without `slug` it is the flow that has this name (case and spaces aside) and the slug made from it; where a flow of
    another name has taken that slug, the new one gets `-2`, `-3`, …. With `slug` it is the flow of that slug, which
    takes the name in the text.
    `files` are the .proto files it names, by the names it gives them; they belong to the version as its text does.
    `expected_tag` is the tag of what the caller saw (flows/tags.py), `only_new` says that they saw nothing.
    Raises FlowInvalid with every problem found, FilesInvalid, FlowChanged, FlowTaken; then nothing was saved.
    """
    checked = check(text, filename=filename)
    if checked.flow is None:
        raise FlowInvalid(checked.problems)
    if why := why_not_kept(files or {}):
        raise FilesInvalid(why)
    spec = checked.flow
    with transaction.atomic():
        # One save at a time in a workspace: two of the same text must become one version. Executions that start
        # meanwhile only need the row to stay (KEY SHARE), and do not wait.
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        flow, created = _find_or_create(workspace, spec, slug)
        if only_new and not created:
            raise FlowTaken(f"There is a flow {flow.name!r} already. Give yours another name.", slug=flow.slug)
        if expected_tag is not None and expected_tag != tag_of_flow(flow):
            raise _changed(flow)
        version, version_created = _version(flow, text, files or {}, spec, by)
        if created or version.pk != flow.latest_version_id or flow.archived_at is not None:
            _describe(flow, spec, version, actor or (by.get_username() if by else ""))
            record_audit(
                workspace=workspace, by=by, actor=actor, verb="flow.saved", target=flow.slug, version=version.number
            )
    return Saved(
        flow=flow, version=version, created=created, version_created=version_created, problems=checked.problems
    )


def _changed(flow: Flow) -> FlowChanged:
    number = flow.latest_version.number if flow.latest_version else 0
    by = flow.updated_by or "Somebody"
    return FlowChanged(f"{by} saved version {number} since you read it. Nothing of yours was saved.", version=number)


def _find_or_create(workspace: Workspace, spec: FlowSpec, slug: str | None) -> tuple[Flow, bool]:
    wanted = slug_of(slug or spec.name)
    flows = Flow.objects.filter(workspace=workspace)
    if slug is not None:
        found = flows.filter(slug=wanted).first()
        return (found, False) if found else (_create(workspace, spec, wanted), True)
    near = {flow.slug: flow for flow in flows.filter(slug__startswith=wanted[:SLUG_STEM]).order_by("id")}
    for flow in near.values():
        if same_name(flow.name, spec.name) and slug_of(flow.name) == wanted:
            return flow, False
    return _create(workspace, spec, next(slug for slug in _candidates(wanted) if slug not in near)), True


def _candidates(slug: str) -> Iterator[str]:
    yield slug
    for number in itertools.count(2):
        yield f"{slug[:SLUG_STEM]}-{number}"


def _create(workspace: Workspace, spec: FlowSpec, slug: str) -> Flow:
    return Flow.objects.create(workspace=workspace, slug=slug, name=spec.name)


def _version(
    flow: Flow, text: str, files: Mapping[str, str], spec: FlowSpec, by: User | None
) -> tuple[FlowVersion, bool]:
    whole_hash = FlowVersion.hash_of(text, files)
    found = flow.versions.filter(hash=whole_hash).first()
    if found:
        return found, False
    last = flow.versions.aggregate(last=Max("number"))["last"] or 0
    before = flow.latest_version
    change = change_between(before.spec, spec, before.files, files) if before else FIRST
    version = FlowVersion.objects.create(
        flow=flow,
        number=last + 1,
        text=text,
        hash=whole_hash,
        spec_json=jsontext.dumps(spec.dump()),
        files_json=jsontext.dumps(dict(files)) if files else "",
        change=change,
        created_by=by,
    )
    return version, True


def _describe(flow: Flow, spec: FlowSpec, version: FlowVersion, actor: str) -> None:
    flow.name, flow.description, flow.suite = spec.name, spec.description or "", spec.suite or ""
    flow.tags = list(spec.tags or [])
    flow.latest_version = version
    flow.updated_at, flow.updated_by = timezone.now(), actor[:150]
    flow.archived_at = None
    fields = ["name", "description", "suite", "tags", "latest_version", "updated_at", "updated_by", "archived_at"]
    flow.save(update_fields=fields)
