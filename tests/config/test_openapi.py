from config.openapi import SNAPSHOT, document


def test_the_contract_changes_only_on_purpose() -> None:
    assert SNAPSHOT.read_text(encoding="utf-8") == document(), "python -m config.openapi writes it anew"
