"""The tools under the names, types and explanations that a language model reads, over stdio and over HTTP.

Knows the official SDK, which is an extra, and nothing of how a question is answered. Always true: reading tools are
there always, writing tools only where they were allowed; an argument that no tool has is refused, not passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from explorer import __version__
from explorer.errors import ExplorerError, LibraryError
from explorer.libraries.names import ALL
from explorer.search.parse import BadQuery
from explorer.server import choice, session
from explorer.server.mcp import tools
from explorer.server.mcp.answers import MOST

if TYPE_CHECKING:
    from mcp.server import MCPServer
    from starlette.applications import Starlette

    from explorer.library import Library

Ask = Callable[..., str]  # of a library
Opened = Callable[[], AbstractContextManager["Library | None"]]

INSTRUCTIONS = """\
A library of scientific papers on this machine: search it by meaning and words, find papers near to some, explain why
two are near, see what a draft misses, read abstracts, topics of its map and authors. Papers are named by the `id` that
any tool gives; DOIs, arXiv ids, PMIDs and parts of a title do, too. Each answer says which library it is of. A list
ends with `next_offset`: ask again with that offset for more. `verdict` and `level` say how near results are: where the
verdict is "nothing", say so rather than cite them. Where an error names a command (explorer search …), use the tool of
that name. Nothing here is on the web: a paper that is missing may exist."""


def missing_extra() -> str:
    """What to do where the SDK is not installed; empty where it is."""
    from importlib.util import find_spec

    return "" if find_spec("mcp") else 'this needs the MCP SDK: pip install "paper-explorer[mcp]"'


def server(opened: Opened, *, write: bool = False) -> MCPServer:
    """A server of the library that `opened` gives for each question. With `write` its marks and searches change, too.

    Raises LibraryError where the SDK is missing.
    """
    if lacking := missing_extra():
        raise LibraryError(lacking)
    from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
    from mcp.types import ToolAnnotations

    from explorer.server.mcp import signatures

    made = _class()("explorer", title="Explorer", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING")
    for function in signatures.READING:
        _add(made, opened, function, ToolAnnotations(read_only_hint=True, open_world_hint=False))
    for function in signatures.WRITING if write else ():
        _add(made, opened, function, ToolAnnotations(read_only_hint=False, open_world_hint=False))

    @made.resource("paper://{paper_id}", name="paper", mime_type="application/json")
    def resource(paper_id: str) -> str:
        """A paper with its abstract, by its id."""
        try:
            return _answered(opened, partial(tools.paper, names=[paper_id], budget=MOST))
        except ToolError as error:
            raise ResourceNotFoundError(str(error)) from error

    return made


def _add(made: MCPServer, opened: Opened, function: Callable[..., Ask], annotations: Any) -> None:
    """Offer `function`, which says what to ask of the library, as the tool of its name.

    Where several libraries are open, it takes the name of a library, too.
    """

    @wraps(function)
    def tool(*, library: str = "", **arguments: Any) -> str:
        return _answered(opened, function(**arguments), library, together=function in signatures.TOGETHER)

    from explorer.server.mcp import signatures

    if choice.several() and function is not signatures.libraries:
        signatures.with_library(tool, function, list(choice.folders()))
    made.add_tool(tool, name=function.__name__, annotations=annotations, structured_output=False)


def _answered(opened: Opened, ask: Callable[[Any], str], name: str = "", *, together: bool = False) -> str:
    """What `ask` answers of the library of now, or of that called `name`, or of all `together`.

    Raises ToolError with a sentence for what is wrong.
    """
    from mcp.server.mcpserver.exceptions import ToolError

    try:
        if name and name not in choice.folders() and not (together and name == ALL):
            also = f", and {ALL}" if together else ""
            raise LibraryError(f"no library is open as {name!r}; there are: {', '.join(choice.folders())}{also}")
        if name == ALL:
            return ask(session.libraries())
        with choice.choosing(name), opened() as library:
            if library is None:
                raise LibraryError("there is no library in this folder yet; add papers: explorer add FILE")
            return ask(library)
    except (ExplorerError, BadQuery) as error:
        raise ToolError(session.in_public(str(error))) from error


def _class() -> type[MCPServer]:
    """The SDK's server, whose refusals name the argument, its value and what would do."""
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from pydantic import ValidationError

    class Server(MCPServer):
        async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
            schemas = {tool.name: tool.input_schema for tool in await self.list_tools()}
            if name not in schemas:
                raise ToolError(f"there is no tool {name}; there are {', '.join(schemas)}")
            there = schemas[name].get("properties", {})
            if unknown := sorted(arguments.keys() - there.keys()):
                raise ToolError(f"{name} takes no {', '.join(unknown)}; it takes {', '.join(there) or 'nothing'}")
            try:
                return await super().call_tool(name, arguments, context)
            except ToolError as error:
                if isinstance(error.__cause__, ToolError):
                    raise ToolError(str(error.__cause__)) from error  # without the SDK's words before it
                if not isinstance(error.__cause__, ValidationError):
                    raise
                wrong = [
                    f"{'.'.join(map(str, each['loc']))}"
                    + ("" if each["type"] == "missing" else f"={str(each['input'])[:60]}")
                    + f": {each['msg'][0].lower()}{each['msg'][1:]}"
                    for each in error.__cause__.errors()
                ]
                raise ToolError(f"{name}: {'; '.join(wrong)}") from error

    return Server


def http_app(opened: Opened, path: str) -> Starlette:
    """An application that answers at `path`, each request by itself; for hosts and origins its server answers for.

    Only reads. Raises LibraryError where the SDK is missing.
    """
    made = server(opened)
    from mcp.server.transport_security import TransportSecuritySettings

    guarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # by `explorer.server.guard`
    return made.streamable_http_app(
        streamable_http_path=path, stateless_http=True, json_response=True, transport_security=guarded
    )


def serve(opened: Opened, *, write: bool = False) -> None:
    """Answer an agent over stdin and stdout until it goes. Raises LibraryError where the SDK is missing."""
    server(opened, write=write).run("stdio")
