"""Agents and several libraries: each tool takes a name, search and similar take all, by the SDK's client over stdio."""

import asyncio
import json
import os
import sys

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from conftest import ROOT, paper
from embeddings.toy import ToyEncoder
from explorer.library import Library


@pytest.mark.slow
def test_each_tool_takes_the_name_of_a_library_and_two_take_all(tmp_path):
    papers = [paper(f"Birds of {word}", f"All about {word}", key=word) for word in ("sea", "wood", "sky")]
    for name, its in (("a", papers[:2]), ("b", papers[1:])):
        with Library.open(tmp_path / name, encoder=ToyEncoder()) as library:
            library.add(its)
    arguments = ["-m", "explorer", "mcp", "--library", str(tmp_path / "a"), "--library", str(tmp_path / "b"), "--write"]
    command = StdioServerParameters(
        command=sys.executable, args=arguments, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )  # fmt: skip

    async def talk():
        async with Client(command) as client:

            async def ask(tool, **arguments):
                result = await client.call_tool(tool, arguments)
                text = result.content[0].text
                return text if result.is_error else json.loads(text)

            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            for name, tool in tools.items():
                words = tool.input_schema["properties"].get("library", {}).get("description", "")
                assert ("all for all together" in words) == (name in ("search", "similar")), name
                assert ("which library: a, b" in words) == (name != "libraries"), name
            assert [each["scope"]["library"] for each in (await ask("libraries"))["libraries"]] == ["a", "b"]
            assert {each["id"] for each in (await ask("search", query="birds"))["results"]} == {"sea", "wood"}
            second = await ask("search", query="birds", library="b")
            assert second["scope"]["library"] == "b"
            assert {each["id"] for each in second["results"]} == {"wood", "sky"}
            every = await ask("search", query="birds", library="all")
            assert every["scope"]["libraries"] == ["a", "b"]
            assert {each["id"]: each["library"] for each in every["results"]} == {"sea": "a", "wood": "a", "sky": "b"}
            near = await ask("similar", papers=["b:sky"], library="all")
            assert {each["id"] for each in near["results"]} == {"sea", "wood"}
            assert (await ask("paper", papers=["sky"], library="b"))["results"][0]["id"] == "sky"
            assert "there are: a, b" in await ask("paper", papers=["sky"], library="all")
            assert "no library is open as 'c'; there are: a, b, and all" in await ask("search", query="x", library="c")
            await ask("note", paper="wood", text="Of b.", library="b")

    asyncio.run(talk())
    notes = []
    for name in "ab":
        with Library.open(tmp_path / name, write=False) as library:
            notes.append(library.marks.of(["wood"])[0].note)
    assert notes == ["", "Of b."]
