"""Environments: all or nothing, secrets encrypted, the revision honest."""

from decimal import Decimal
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from flows.encryption import decrypt
from flows.errors import EnvironmentInvalid, SecretRefused
from flows.language import jsontext
from flows.models import Environment, Variable
from flows.operations.save_environment import save_environment
from tests.cast import make_workspace
from workspaces.models import AuditEntry, Workspace

GOOD = "s3cr3t-of-the-shop"


@pytest.fixture
def shop(db: None) -> Workspace:
    return make_workspace()


def save(shop: Workspace, **changes: Any) -> Environment:
    return save_environment(workspace=shop, name="staging", by=None, **changes)


def secret_of(environment: Environment, name: str) -> Any:
    return jsontext.loads(decrypt(environment.variables.get(name=name).ciphertext or b""))


def test_variables_keep_their_types(shop: Workspace) -> None:
    values = {"TEXT": "x", "NUMBER": 3, "PRICE": Decimal("0.10"), "FLAG": False, "LIST": [1, {"a": None}]}
    assert save(shop, variables=values).plain_variables() == values


def test_what_is_not_named_stays_and_null_deletes(shop: Workspace) -> None:
    save(shop, variables={"A": 1, "B": 2}, secrets={"KEY": GOOD, "OTHER": GOOD + "2"})
    after = save(shop, variables={"A": None, "C": 3}, secrets={"OTHER": None})
    assert set(after.variables.values_list("name", flat=True)) == {"B", "C", "KEY"}


def test_replace_leaves_only_what_is_named(shop: Workspace) -> None:
    save(shop, variables={"A": 1, "B": 2}, secrets={"KEY": GOOD})
    after = save(shop, variables={"C": 3}, replace=True)
    assert after.plain_variables() == {"C": 3}
    assert after.variables.count() == 1


def test_a_secret_is_stored_encrypted_and_nowhere_else(shop: Workspace) -> None:
    environment = save(shop, secrets={"KEY": GOOD})
    assert secret_of(environment, "KEY") == GOOD
    assert GOOD not in str(list(Variable.objects.values())) + str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("value", ["", "abc", "12345", "password", "LOCALHOST", "aaaaaaa", "121212", "x" * 70_000])
def test_a_value_that_would_black_out_the_record_is_no_secret(shop: Workspace, value: str) -> None:
    with pytest.raises(SecretRefused) as caught:
        save(shop, variables={"A": 1}, secrets={"KEY": value})
    assert "KEY" in str(caught.value)
    assert not value or f"{value!r}" not in str(caught.value)
    assert not Environment.objects.filter(workspace=shop).exists()  # nothing half-written


@pytest.mark.parametrize("name", ["", "1A", "A B", "A\x00", "x" * 129, "ä", "A.B"])
def test_a_name_that_no_flow_could_say_is_refused(shop: Workspace, name: str) -> None:
    with pytest.raises(EnvironmentInvalid):
        save(shop, variables={name: 1})


@pytest.mark.parametrize("name", ["", "a b", "-x", "x" * 65, "a/b", "\x00"])
def test_an_environment_needs_a_plain_name(shop: Workspace, name: str) -> None:
    with pytest.raises(EnvironmentInvalid):
        save_environment(workspace=shop, name=name, by=None)


def test_a_secret_is_not_turned_into_a_variable_by_mistake(shop: Workspace) -> None:
    save(shop, secrets={"KEY": GOOD})
    with pytest.raises(EnvironmentInvalid, match="KEY is a secret"):
        save(shop, variables={"KEY": "x"})
    assert save(shop, variables={"KEY": "x"}, secrets={"KEY": None}).plain_variables() == {"KEY": "x"}


def test_a_variable_can_become_a_secret(shop: Workspace) -> None:
    save(shop, variables={"KEY": "x"})
    environment = save(shop, secrets={"KEY": GOOD})
    assert environment.plain_variables() == {}
    assert secret_of(environment, "KEY") == GOOD


def test_the_revision_follows_every_change_and_nothing_else(shop: Workspace) -> None:
    revisions = [
        save(shop, variables={"A": 1}, secrets={"KEY": GOOD}).revision,
        save(shop, secrets={"KEY": GOOD + "!"}).revision,
        save(shop, variables={"A": 2}).revision,
    ]
    assert len(set(revisions)) == 3
    assert save(shop, variables={"A": 2}, secrets={"KEY": GOOD + "!"}, description="x").revision == revisions[-1]


def test_a_secret_deleted_and_set_anew_is_another_revision(shop: Workspace) -> None:
    before = save(shop, secrets={"KEY": GOOD}).revision
    save(shop, secrets={"KEY": None})
    assert save(shop, secrets={"KEY": GOOD + "!"}).revision != before


def test_the_audit_log_names_what_changed_and_no_value(shop: Workspace) -> None:
    save(shop, variables={"A": "value-of-a"}, secrets={"KEY": GOOD})
    save(shop, variables={"A": "value-of-a"})
    entry = AuditEntry.objects.get(workspace=shop)  # the second changed nothing
    assert (entry.verb, entry.target, entry.details["variables"], entry.details["secrets"]) == (
        "environment.saved",
        "staging",
        ["A"],
        ["KEY"],
    )
    assert "value-of-a" not in str(entry.details)


def test_rotation_brings_secrets_under_the_new_key(shop: Workspace, settings: Any) -> None:
    environment = save(shop, secrets={"KEY": GOOD})
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, old]
    call_command("rotate_encryption_keys")
    settings.ENCRYPTION_KEYS = [new]
    assert secret_of(environment, "KEY") == GOOD


def test_rotation_without_the_old_key_says_so(shop: Workspace, settings: Any) -> None:
    save(shop, secrets={"KEY": GOOD})
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="Put the key back"):
        call_command("rotate_encryption_keys")


def test_the_group_of_workers_is_set_kept_and_checked(shop: Workspace) -> None:
    assert save(shop, worker_group="inside").worker_group == "inside"
    assert AuditEntry.objects.latest("id").details["worker_group"] == "inside"
    assert save(shop, variables={"A": 1}).worker_group == "inside"
    assert save(shop, worker_group="").worker_group == ""
    for bad in ("in side", "-x", "ä", "x" * 65):
        with pytest.raises(EnvironmentInvalid, match="cannot name a group of workers"):
            save(shop, worker_group=bad)
