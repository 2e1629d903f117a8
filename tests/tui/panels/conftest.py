"""What the stories about side panels share."""

from __future__ import annotations

import pytest
from panel_values import MOMENT, made_turn

from tui_sessions.model.session import Meta, Params, Session


@pytest.fixture
def session() -> Session:
    """A session of three turns with something in every field."""
    return Session(
        id="k3v9x2m7q0ab",
        title="Python decorators",
        model="openai/gpt-4o-mini",
        system="Be brief.",
        created_at=MOMENT,
        updated_at=MOMENT,
        params=Params(temperature=0.3),
        turns=tuple(made_turn(number) for number in (1, 2, 3)),
        meta=Meta(tags=("python",), project="docs", notes="none yet", extra={"importance": 3}),
    )
