"""--model and --provider as one model: `provider/name`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_sessions.errors import UsageError

if TYPE_CHECKING:
    from tui_sessions.cli.call import Call


def chosen_model(call: Call, model: str | None, provider: str | None) -> str | None:
    """The model that the options ask for, None where they ask for none. Raises `UsageError`,
    `ProviderError` where nobody here answers for it."""
    if model is None and not provider:
        return None
    full_model = call.services.providers.full_model
    if not provider:
        return full_model(model or "")
    if model:
        return full_model(model if model.startswith(f"{provider}/") else f"{provider}/{model}")
    full_model(f"{provider}/any")
    configured = call.services.config.chat.model
    if configured.startswith(f"{provider}/"):
        return configured
    if provider == "demo":
        return "demo/demo"
    raise UsageError(
        f"Which model of {provider}? Add --model; tui-sessions models --provider {provider} lists them."
    )
