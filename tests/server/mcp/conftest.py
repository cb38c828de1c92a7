"""An agent's client, the SDK's own."""

import asyncio
import json
from contextlib import contextmanager

import pytest
from mcp import Client

from explorer.library import Library
from explorer.server.mcp.protocol import server


class Agent:
    """Calls tools one after another; an error is its sentence."""

    def __init__(self, connected):
        self._connected = connected

    def __call__(self, tool, /, **arguments):
        return self.all((tool, arguments))[0]

    def all(self, *calls):
        """The answers of several calls over one connection."""
        return asyncio.run(self._ask(calls))

    async def _ask(self, calls):
        answers = []
        async with Client(self._connected()) as client:
            for name, arguments in calls:
                result = await client.call_tool(name, arguments)
                text = result.content[0].text
                answers.append(text if result.is_error else json.loads(text))
        return answers

    def tools(self):
        """The tools that are offered, by name."""

        async def ask():
            async with Client(self._connected()) as client:
                return {tool.name: tool for tool in (await client.list_tools()).tools}

        return asyncio.run(ask())

    def read(self, uri):
        """A resource's text, or the sentence of its refusal."""

        async def ask():
            async with Client(self._connected()) as client:
                try:
                    return (await client.read_resource(uri)).contents[0].text
                except Exception as error:
                    return str(error)

        return asyncio.run(ask())


@pytest.fixture
def opened(seed_folder):
    with Library.open(seed_folder, write=False) as library:
        yield library


def agent_of(library, *, write=False):
    @contextmanager
    def moment():
        with library.snapshot.moment():
            yield library

    return Agent(lambda: server(moment, write=write))


@pytest.fixture
def agent(opened):
    """An agent that only reads the seeds, in this process."""
    return agent_of(opened)


@pytest.fixture
def writer(opened):
    """An agent that may write, too."""
    return agent_of(opened, write=True)
