"""
Checkpoints: one text, and what a journal must be to fit one.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ..orchestration.mission_journal import (
    Checkpoint,
    JournalAnchorMismatch,
    JournalIntegrityError,
    JournalSchemaError,
    MissionJournal,
    verify,
)
from .journal_samples import filled_journal, lines_of, relinked
from .samples import context


def test_what_a_bare_chain_cannot_see_the_anchor_sees(tmp_path: Path) -> None:
    """
    A cut at a line end and a rewritten rest verify bare, and are refused with the checkpoint kept elsewhere.
    """
    path = tmp_path / "j"
    anchor = filled_journal(path, seal=True)
    entries = lines_of(path)
    cut, rewritten = relinked(entries[:-1]), relinked([*entries[:-1], {**entries[-1], "outputs": {"x": 1}}])
    for forged, rule in [(cut, "anchor-size"), (rewritten, "anchor-head")]:
        path.write_bytes(forged)
        verify(path)
        with pytest.raises(JournalAnchorMismatch) as caught:
            verify(path, anchor=anchor)
        assert rule == caught.value.rule
    path.write_bytes(cut)
    with pytest.raises(JournalIntegrityError, match="not-sealed"):
        verify(path, require_sealed=True)
    with pytest.raises(JournalAnchorMismatch, match="anchor-origin"):
        verify(path, anchor=Checkpoint("sha256:" + "0" * 64, 1, anchor.head))


def test_a_continuation_fits_its_anchor(tmp_path: Path) -> None:
    """
    A journal fits its own checkpoint; one taken early stays good while the journal grows.
    """
    path = tmp_path / "j"
    anchor = filled_journal(path)
    assert verify(path, anchor=anchor).count == anchor.size
    with MissionJournal.open(path, context()) as journal:
        journal.start("later", "x", {})
    assert verify(path, anchor=anchor).count == anchor.size + 1


def test_a_checkpoint_has_one_text() -> None:
    """
    Three lines; `from_text` takes nothing else.
    """
    checkpoint = Checkpoint("sha256:" + "a" * 64, 12, "sha256:" + "00" * 32)
    text = "sha256:" + "a" * 64 + "\n12\n" + "A" * 43 + "=\n"
    assert text == checkpoint.to_text()
    assert checkpoint == Checkpoint.from_text(text)
    for wrong in [
        text[:-1],
        text + "\n",
        text.replace("12", "012"),
        text.replace("12", "+12"),
        text.replace("A=", "B="),
        text.replace("A=", "é="),
        text.replace("AAAA", "A A"),
        text.replace("sha256", "sha512"),
        "",
    ]:
        with pytest.raises(JournalSchemaError):
            Checkpoint.from_text(wrong)
    for fields in [
        ("x", 1, "sha256:" + "0" * 64),
        ("sha256:" + "0" * 64, 0, "sha256:" + "0" * 64),
        ("sha256:" + "0" * 64, 1, "x"),
    ]:
        with pytest.raises(JournalSchemaError):
            Checkpoint(*fields)


def test_a_checkpoint_can_be_authenticated() -> None:
    """
    HMAC-SHA256, compared with a value made by openssl; short keys are refused.
    """
    checkpoint = Checkpoint("sha256:" + "a" * 64, 12, "sha256:" + "00" * 32)
    inner = bytes(b ^ 0x36 for b in b"k" * 32 + bytes(32)) + checkpoint.to_text().encode()
    outer = bytes(b ^ 0x5C for b in b"k" * 32 + bytes(32)) + hashlib.sha256(inner).digest()
    tag = hashlib.sha256(outer).hexdigest()
    assert tag == checkpoint.hmac(b"k" * 32)
    assert checkpoint.matches_hmac(b"k" * 32, tag)
    assert not checkpoint.matches_hmac(b"j" * 32, tag)
    assert not checkpoint.matches_hmac(b"k" * 32, "\ud800")
    with pytest.raises(JournalSchemaError, match="at least 16"):
        checkpoint.hmac(b"short")
