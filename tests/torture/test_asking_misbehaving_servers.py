"""`ask` towards servers that misbehave: a code, one sentence, the session kept, no traceback, no key, bounded memory."""

from __future__ import annotations

import functools
import io
import json
import os
import re
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from contract import KEY, ROWS
from fault_server import Served, served_aside
from faults import FAULTS, Fault
from proof import is_whole, tell
from servers_that_fail import LIMITS, PROMPT, cases, certificate, closed_port

from tui_sessions.cli.main import main

[OPENAI] = [row for row in ROWS if row.id == "openai"]
MOST_GROWTH_MB = 100
HUNGRY = (
    "text_without_end",
    "messages_without_text_without_end",
    "a_line_without_end",
    "a_document_without_end",
    "a_bomb",
    "an_error_without_end",
)
CODES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext | None:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_sessions.providers.retry.FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("tui_sessions.providers.http._ERROR_BODY_S", 1.0)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    # Nobody is trusted here, as it is with the real ones towards these certificates.
    client = functools.partial(httpx.AsyncClient, verify=NO_CERTIFICATES)
    monkeypatch.setattr(httpx, "AsyncClient", client)


def words(fault: Fault, served: Served, folder: Path, limits: dict[str, Any]) -> list[str]:
    """The command line that asks it."""
    port = closed_port() if fault.is_closed else served.port
    settings = {f"network.{name}": value for name, value in {**limits, **fault.network}.items()}
    settings["providers.openai.api"] = "chat"
    said = [f"--set={name}={value}" for name, value in settings.items()]
    address = f"{fault.scheme}://127.0.0.1:{port}"
    return [
        "--dir",
        str(folder),
        *said,
        "ask",
        "--base-url",
        address,
        "--model",
        "openai/m",
        PROMPT,
    ]


@pytest.mark.parametrize("fault", [pytest.param(f, id=f.name) for f in cases(OPENAI)])
def test_ask_says_what_a_server_that_misbehaves_has_done(
    fault: Fault,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    tls: ssl.SSLContext | None,
) -> None:
    if fault.is_tls and tls is None:
        pytest.skip("no openssl to make a certificate")
    folder = tmp_path / "library"
    with served_aside(fault.act, OPENAI.tongue) as other:
        context = tls if fault.is_tls else None
        with served_aside(fault.act, OPENAI.tongue, tls=context, other=other) as served:
            code = main(words(fault, served, folder, LIMITS))
        assert (served.problems, other.asked) == ([], 0)
    said = capsys.readouterr()
    judge_said(fault, code, said.out, said.err)
    judge_folder(fault, code, folder)


def judge_said(fault: Fault, code: int, out: str, err: str) -> None:
    """The words of the program."""
    assert code in (0, 4), err
    assert (code == 0) <= ("answer" in fault.ends)
    assert (code == 4) <= (fault.ends != {"answer"})
    if code:
        assert len(err.strip()) >= 20
        assert len(err) <= 1_000
    for text in (out, err):
        assert "Traceback" not in text
        assert KEY not in text
        assert not CODES.search(text), text
    if fault.keeps is not None:
        assert out.strip() == "" if not fault.keeps else "first" in out


def judge_folder(fault: Fault, code: int, folder: Path) -> None:
    """What is kept."""
    [path] = folder.glob("*.json")
    [turn] = json.loads(path.read_text())["turns"]
    assert turn["messages"][0]["content"] == PROMPT
    kept = turn["messages"][1]["content"] if len(turn["messages"]) > 1 else ""
    assert fault.keeps is None or kept == fault.keeps
    assert (turn["finish"] in ("interrupted", "error")) == bool(code)
    for file in folder.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), file


@pytest.mark.parametrize("name", HUNGRY if is_whole() else HUNGRY[:3])
def test_what_never_ends_does_not_fill_the_memory(name: str, tmp_path: Path) -> None:
    """With the limits as they are shipped in `make torture`, else with smaller ones."""
    fault = FAULTS[name]
    plain = grown(FAULTS["plain"], tmp_path / "plain")
    hungry = grown(fault, tmp_path / "hungry")
    assert hungry - plain <= MOST_GROWTH_MB
    tell("R9", "memory for a flood", f"at most {hungry - plain} MB over a plain answer")


def grown(fault: Fault, folder: Path) -> int:
    """The most memory that a whole program took, in MB."""
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc here to measure memory by")
    network = {} if is_whole() else dict(fault.network)
    calm = Fault(**{**vars(fault), "network": network})
    program = (
        "import sys, re; from tui_sessions.cli.main import main; main(sys.argv[1:]); "
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1], file=sys.stderr)"
    )
    with served_aside(fault.act, OPENAI.tongue) as served:
        asked = [sys.executable, "-c", program, *words(calm, served, folder, LIMITS)]
        done = subprocess.run(
            asked,
            input="",
            capture_output=True,
            text=True,
            env=dict(os.environ),
            timeout=600,
            check=True,
        )
    return int(done.stderr.split()[-1]) // 1024
