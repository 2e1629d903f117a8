import pytest
from tui_sessions.errors import TuiSessionsError
from tui_sessions.tui.actions import ACTIONS
NASTY=["", "²","9"*30,"9"*5000,"-1","~nosuchuser/x","a"*400,"a/b","../x","\x00","\ud800x","--keep-last ²","--keep-last "+"9"*5000,"[bold","=x","k v","id x","turns x","~nosuch",".","..","/","/etc/passwd","é"*200, "openai/", "/x","a\x1bb"]
async def test_fuzz(workspace, monkeypatch, tmp_path):
    bad=[]
    async with workspace() as user:
        await user.ask("hi"); await user.answered()
        for draft in (False, True):
            for action in ACTIONS:
                if action.name in ("exit","help","settings","editor","new","stop","copy","info","undo","trash","pin","resume","delete"): continue
                for arg in NASTY:
                    if draft: user.stage.open_draft()
                    try:
                        user.app.screen_stack[0].run_named(action.name, arg)
                    except TuiSessionsError as e: bad.append((draft,action.name,arg[:20],repr(e)[:80]))
                    except Exception as e: bad.append((draft,action.name,arg[:20],repr(e)[:150]))
                    if len(user.app.screen_stack)>1: await user._pilot.pause(0.02)
                    while len(user.app.screen_stack)>1: user.app.pop_screen(); await user._pilot.pause()
                    await user._pilot.pause()
    for b in bad: print(b)
    assert not bad
