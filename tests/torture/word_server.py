"""A chat server that says numbered words at its own pace, and remembers when it said which."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

WORDS = tuple(f"word{number} " for number in range(60))
WHOLE = "".join(WORDS)


class Said:
    """One answer: when each word had left."""

    def __init__(self, prompt: str) -> None:
        self.prompt = prompt
        self.times: list[float] = []

    def lost_ms(self, kept: str, killed_at: float) -> float:
        """How long before the kill the first word went out that is not in `kept`."""
        have = kept.count("word")
        gone = self.times[have : have + 1]
        return max(0.0, (killed_at - gone[0]) * 1000) if gone else 0.0


class WordServer:
    """`asked` is called with every prompt before anything is answered. A context manager."""

    def __init__(self, asked: Callable[[str], None], *, pause_s: float = 0.003) -> None:
        self.said: dict[str, Said] = {}
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                return

            def do_GET(self) -> None:
                body = b'{"object": "list", "data": [{"id": "words"}]}'
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                prompt = _last_prompt(request["messages"])
                asked(prompt)
                said = served.said[prompt] = Said(prompt)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                try:
                    self._say(said)
                except OSError:
                    return  # It was killed.

            def _say(self, said: Said) -> None:
                for word in WORDS:
                    self._event({"choices": [{"index": 0, "delta": {"content": word}}]})
                    said.times.append(time.monotonic())
                    time.sleep(pause_s)
                self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
                usage = {"prompt_tokens": 5, "completion_tokens": len(WORDS), "total_tokens": 65}
                self._event({"choices": [], "usage": usage})
                self.wfile.write(b"data: [DONE]\n\n")

            def _event(self, value: dict[str, Any]) -> None:
                self.wfile.write(b"data: " + json.dumps(value).encode() + b"\n\n")
                self.wfile.flush()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _last_prompt(messages: Sequence[dict[str, Any]]) -> str:
    content = messages[-1]["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)
