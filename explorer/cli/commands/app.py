"""The app in the browser: of this machine, and served to others as its owner allows.

Always true: an option weighs more than the variable of the same name; what cannot be meant ends here, before anything
is served.
"""

from __future__ import annotations

import os

import click

from explorer.cli.options import FOLDERS, Folders, Texts, command, port
from explorer.cli.tables import remark
from explorer.errors import LibraryError
from explorer.libraries.names import names_of
from explorer.server.access import Access
from explorer.ui import start


@command(FOLDERS)
@click.option(
    "--port", type=port, envvar="EXPLORER_PORT", default="8501", metavar="PORT", help="of this machine (default: 8501)"
)
@click.option("--headless", is_flag=True, help="do not open a browser window")
@click.option("--base-path", metavar="PATH", help="path below which a proxy shows it, as /user/me/proxy/8501/")
@click.option(
    "--trusted-host", multiple=True, metavar="NAME", help="name, or NAME:PORT, under which a proxy shows it; repeatable"
)
@click.option(
    "--host", metavar="ADDRESS", help="address to listen at, 0.0.0.0 for all; needs a token (default: 127.0.0.1)"
)
@click.option(
    "--token",
    metavar="TOKEN",
    help="what everybody has to know who opens it; EXPLORER_TOKEN tells no list of processes",
)
@click.option(
    "--read-only",
    is_flag=True,
    help="nothing in the library can be changed; users that a proxy names have marks of their own",
)
@click.option("--user-header", metavar="NAME", help="header with a user's name, who needs no token; of that proxy only")
@click.option(
    "--trusted-proxy", multiple=True, metavar="ADDRESS", help="address of a proxy that checks users; repeatable"
)
def app(
    folders: Folders, port: int, headless: bool, base_path: str | None, trusted_host: Texts, host: str | None,
    token: str | None, read_only: bool, user_header: str | None,
    trusted_proxy: Texts,
) -> int:  # fmt: skip
    """Open the explorer in the browser. Each option may be a variable, too, as EXPLORER_BASE_PATH."""
    from explorer.store.connection import VISITORS  # which loads numpy
    from explorer.store.visitors import may_mark

    options = {"EXPLORER_BASE_PATH": base_path, "EXPLORER_TRUSTED_HOST": " ".join(trusted_host) or None}
    options |= {"EXPLORER_HOST": host, "EXPLORER_TOKEN": token, "EXPLORER_READ_ONLY": "yes" if read_only else None}
    options |= {"EXPLORER_USER_HEADER": user_header, "EXPLORER_TRUSTED_PROXY": " ".join(trusted_proxy) or None}
    access = Access.of({**os.environ, **{name: value for name, value in options.items() if value is not None}})
    names_of(folders)
    for folder in folders:
        if not (folder / "library.sqlite").is_file():
            if access.read_only:
                raise LibraryError(
                    f"no library in {folder} to read; it is made by: explorer add FILE --library {folder}"
                )
            remark(f"explorer: no library in {folder} yet; the app will offer to add files")
        if access.read_only and access.user_header and not may_mark(folder):
            remark(f"explorer: readers cannot mark anything: this account may not write in {folder / VISITORS}")
    if access.token:
        remark("explorer: the app asks for the token, in a form or as ?token=… at the end of its address")
    return start(*folders, port=port, headless=headless, access=access)
