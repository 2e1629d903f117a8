"""What a look over everything needs besides the library: the configuration files, and where drafts lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tui_sessions.errors import ConfigError, TuiSessionsError
from tui_sessions.model.findings import ERROR, Finding


def setting_findings(
    personas: Callable[[], object], prices_file: Path, personas_file: Path
) -> Iterator[Finding]:
    """What is wrong with the user's personas and prices."""
    from tui_sessions.providers.own_prices import read_own_prices

    for path, read in (
        (personas_file, personas),
        (prices_file, lambda: read_own_prices(prices_file)),
    ):
        try:
            read()
        except (TuiSessionsError, OSError) as error:
            yield wrong_setting(path, error)


def wrong_setting(path: Path, error: Exception) -> Finding:
    """The finding for a configuration file that cannot be read."""
    return Finding(
        kind="setting",
        path=str(path),
        what=str(error),
        cure="Mend it in an editor; config check tells whether it is right."
        if isinstance(error, ConfigError)
        else "",
        severity=ERROR,
    )


def places_of_drafts(state_dir: Path) -> tuple[Path, ...]:
    """Files of the screen that may name attachments."""
    queue = state_dir / "queue"
    return (state_dir / "drafts.json", *(sorted(queue.glob("*")) if queue.is_dir() else ()))
