"""
Envelopes checked without this tool: by OpenSSL, from bytes that are put together by hand.
"""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest

from phase2_gate.attest import provenance
from phase2_gate.attest.keys import SigningKey
from phase2_gate.attest.seal import seal
from phase2_gate.core.digest import Sha256
from tests.report import samples
from tests.tools import require

KEY, OTHER = SigningKey.new(), SigningKey.new()
ENVELOPES = {
    "build": provenance.signed("good.zip", Sha256("1" * 64), Sha256("2" * 64), KEY),
    **seal(samples.PASS, b"{}", KEY),
}


def _openssl(directory: Path, payload: bytes, signature: bytes, key: SigningKey = KEY) -> int:
    # As the page has it, without a line of ours: 28 is the length of the type that follows it.
    signed = b"DSSEv1 28 application/vnd.in-toto+json " + str(len(payload)).encode() + b" " + payload
    files = {"key.pub": key.public.to_pem(), "signed": signed, "signature": signature}
    for name, content in files.items():
        (directory / name).write_bytes(content)
    command = [require("openssl"), "pkeyutl", "-verify", "-pubin", "-inkey", "key.pub", "-rawin"]
    command += ["-in", "signed", "-sigfile", "signature"]
    return subprocess.run(command, cwd=directory, capture_output=True, check=False).returncode


@pytest.mark.parametrize("name", ENVELOPES)
def test_openssl_verifies(tmp_path: Path, name: str) -> None:
    """
    The good one, and neither another payload, another signature nor another key.
    """
    envelope = json.loads(ENVELOPES[name])
    payload, signature = (base64.b64decode(text) for text in (envelope["payload"], envelope["signatures"][0]["sig"]))
    assert _openssl(tmp_path, payload, signature) == 0
    assert _openssl(tmp_path, payload + b" ", signature) != 0
    assert _openssl(tmp_path, payload.replace(b"1111", b"9111"), signature) != 0
    assert _openssl(tmp_path, payload, signature[:-1] + bytes([signature[-1] ^ 1])) != 0
    assert _openssl(tmp_path, payload, signature, OTHER) != 0
