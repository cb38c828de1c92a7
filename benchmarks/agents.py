"""What an agent meets: a story over stdin and over HTTP, told again and again; sizes of the answers, time, wrong uses.

    python benchmarks/agents.py LIBRARY [--stories 50] [--transcript FILE]

A story begins with the title of a paper of the library: search, explain the first two results, similar to the first,
missing for a draft made of two abstracts. Over HTTP the app is started as users start it. Prints a table, and the
answers to wrong arguments; with --transcript, the first story over each transport in full.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from explorer.library import Library
from explorer.server.mcp.answers import tokens_of

ROOT = Path(__file__).parents[1]
BUDGET = 4000
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("search", {"query": ""}),
    ("search", {"query": "rivers", "limit": 10**9}),
    ("search", {"query": "rivers", "limit": -1}),
    ("search", {"query": "rivers", "budget": 1}),
    ("search", {"query": "rivers", "since": "soon"}),
    ("similar", {"papers": ["no-such-paper"]}),
    ("similar", {}),
    ("explain", {"paper": "p00000000", "second": "p11111111"}),
    ("paper", {"names": ["10.1000/none"]}),
    ("missing", {"draft": ""}),
    ("delete_everything", {}),
]


class Story:
    """Asks tools, and remembers how long each took and how large its answer was."""

    def __init__(self, client: Client) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.tokens: dict[str, list[int]] = defaultdict(list)
        self.transcript: list[str] = []
        self._client = client

    async def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The answer of a tool."""
        before = time.perf_counter()
        result = await self._client.call_tool(tool, {**arguments, "budget": BUDGET})
        self.seconds[tool].append(time.perf_counter() - before)
        text = result.content[0].text
        if result.is_error:
            raise SystemExit(f"{tool} {arguments}: {text}")
        self.tokens[tool].append(tokens_of(text))
        self.transcript.append(f"> {tool} {json.dumps(arguments, ensure_ascii=False)[:500]}\n{text}\n")
        return dict(json.loads(text))

    async def tell(self, title: str, draft: str) -> None:
        """The four tools in turn."""
        results = (await self.ask("search", query=title))["results"]
        first, second = (entry["id"] for entry in results[:2])
        await self.ask("explain", paper=first, second=second)
        await self.ask("similar", papers=[first])
        await self.ask("missing", draft=draft, cited=[first])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--stories", type=int, default=50)
    parser.add_argument("--transcript", type=Path)
    options = parser.parse_args()
    with Library.open(options.library, write=False) as library, library.snapshot.moment():
        papers = [paper for paper in library.snapshot.papers() if paper.abstract]
    chosen = random.Random(0).sample(papers, 2 * options.stories)
    stories = [
        (first.title, f"{first.abstract} {second.abstract}")
        for first, second in zip(chosen[::2], chosen[1::2], strict=True)
    ]
    told = asyncio.run(_both(options.library, stories))
    print(f"{len(papers):,} papers, {options.stories} stories, budget {BUDGET:,} tokens an answer")
    for transport, story in told.items():
        for tool, seconds in story.seconds.items():
            warm = 1000 * np.array(seconds[1:])
            print(
                f"{transport:5} {tool:8} first {1000 * seconds[0]:5.0f} ms, then median {np.median(warm):4.0f}, 95th "
                f"{np.percentile(warm, 95):4.0f}, most {warm.max():4.0f} ms; tokens median "
                f"{np.median(story.tokens[tool]):.0f}, most {max(story.tokens[tool])}"
            )
    if options.transcript:
        parts = [f"# {transport}\n\n" + "\n".join(story.transcript[:4]) for transport, story in told.items()]
        options.transcript.write_text("\n".join(parts), encoding="utf-8")


async def _both(folder: Path, stories: list[tuple[str, str]]) -> dict[str, Story]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "explorer"]
    parameters = StdioServerParameters(
        command=command[0], args=[*command[1:], "mcp", "--library", str(folder)], env=environment
    )
    told: dict[str, Story] = {}
    async with Client(parameters) as client:
        told["stdio"] = await _tell(client, stories)
        for tool, arguments in WRONG:
            print(f"{tool} {arguments}\n    {await _refusal(client, tool, arguments)}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = [*command, "app", "--library", str(folder), "--port", str(port), "--headless"]
    process = subprocess.Popen(app, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await asyncio.to_thread(_wait_for, f"http://127.0.0.1:{port}/", process)
        async with Client(f"http://127.0.0.1:{port}/explorer/mcp") as client:
            told["http"] = await _tell(client, stories)
    finally:
        process.terminate()
        process.wait(30)
    return told


async def _tell(client: Client, stories: list[tuple[str, str]]) -> Story:
    story = Story(client)
    for title, draft in stories:
        await story.tell(title, draft)
    return story


async def _refusal(client: Client, tool: str, arguments: dict[str, Any]) -> str:
    try:
        result = await client.call_tool(tool, arguments)
    except Exception as error:  # the SDK's own, for what is not a tool
        return f"{type(error).__name__}: {error}"
    words = " ".join(str(result.content[0].text).split())
    return f"error: {words[:300]}" if result.is_error else f"answered: {words[:120]} …"


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"the app ended with {process.returncode}")
        try:
            urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the app did not start")


if __name__ == "__main__":
    main()
