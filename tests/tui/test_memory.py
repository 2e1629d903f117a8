"""What is closed is gone."""

from __future__ import annotations

import gc
import weakref


async def test_nothing_drawn_of_a_closed_dialog_is_kept(workspace):
    async with workspace((100, 30)) as user:
        await user.press("ctrl+l")
        await user.see("ask again")
        kept = [weakref.ref(widget._styles_cache) for widget in user.screen.query("*")]
        assert len(kept) > 3
        await user.press("escape")
        await user.until(lambda: len(user.app.screen_stack) == 1, "the dialog closed")
        await user.press("f7", "f6")
        gc.collect()
        left = [cache for cache in kept if cache() is not None]
        assert not left
