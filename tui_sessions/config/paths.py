"""Where everything lies, and the only place that asks platformdirs. Nothing is created here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

_APP = "tui-sessions"
_PACKAGE = Path(__file__).resolve().parent.parent


class Paths(msgspec.Struct, frozen=True):
    """Every directory and file of the program; none of them need exist yet."""

    library: Path
    """The directory of the sessions."""
    config_file: Path
    is_config_named: bool
    """Whether someone named the file (`--config`, TUI_SESSIONS_CONFIG); then it has to exist."""
    config_dir: Path
    themes_dir: Path
    """The user's own themes."""
    prompts_dir: Path
    """The prompts that the user keeps."""
    prices_file: Path
    """The user's own prices."""
    cache_dir: Path
    state_dir: Path
    log_file: Path
    backups_dir: Path
    """Where backups lie unless the configuration says otherwise."""


def paths(
    environ: Mapping[str, str],
    *,
    dir: str | None = None,
    config: str | None = None,
    configured_dir: str = "",
) -> Paths:
    """All paths, from the options (`dir`, `config`), the environment and the configuration.

    The library: `dir`, else TUI_SESSIONS_DIR, else LLM_SESSIONS_DIR, else `configured_dir` (counted
    from the folder of the configuration file), else the user's data directory.
    """
    config_dir = _user_dir("config", environ)
    state_dir = _user_dir("state", environ)
    named_config = config or environ.get("TUI_SESSIONS_CONFIG", "")
    config_file = _full(named_config) if named_config else config_dir / "config.toml"
    named_library = dir or environ.get("TUI_SESSIONS_DIR") or environ.get("LLM_SESSIONS_DIR")
    if named_library:
        library = _full(named_library)
    elif configured_dir:
        library = _full(configured_dir, base=config_file.parent)
    else:
        library = _user_dir("data", environ) / "sessions"
    return Paths(
        library=library,
        config_file=config_file,
        is_config_named=bool(named_config),
        config_dir=config_dir,
        themes_dir=config_dir / "themes",
        prompts_dir=config_dir / "prompts",
        prices_file=config_dir / "prices.toml",
        cache_dir=_user_dir("cache", environ),
        state_dir=state_dir,
        log_file=state_dir / "debug.log",
        backups_dir=_user_dir("data", environ) / "backups",
    )


def in_config(name: str, where: Paths) -> Path:
    """A path that the configuration names, counted from the folder of its file."""
    return _full(name, base=where.config_file.parent)


def shipped(name: str) -> Path:
    """A file or folder that comes with the program: `themes`, `config.example.toml`.

    In an installed wheel it lies inside the package, in a checkout beside it.
    """
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parent / name


def _user_dir(kind: str, environ: Mapping[str, str]) -> Path:
    """The user's directory of that kind; XDG variables count on every system, so that one
    dotfile repository serves them all."""
    named = environ.get(f"XDG_{kind.upper()}_HOME", "")
    # The XDG specification asks to ignore relative paths.
    if named and Path(named).is_absolute():
        return Path(named) / _APP

    import platformdirs  # Not needed where XDG variables name every directory.

    return Path(getattr(platformdirs, f"user_{kind}_dir")(_APP, appauthor=False))


def _full(name: str, *, base: Path | None = None) -> Path:
    """`name` with `~` filled in and made absolute, so that it stands when the program changes
    its directory; a `~` that cannot be filled in is a plain name."""
    path = Path(name)
    try:
        path = path.expanduser()
    except RuntimeError:
        path = Path(name)
    return (base or Path.cwd()) / path
