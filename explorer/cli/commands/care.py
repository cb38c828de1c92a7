"""Looking after the files of a library, and after the machine: check, backup, restore, doctor.

Always true: a check without --repair changes nothing; what is replaced stays, and its place is named.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from explorer.cli import NOTHING
from explorer.cli.options import FOLDER, JSON, PATH, command, opened, port
from explorer.cli.tables import print_json, progress, remark
from explorer.text import counted


@command(FOLDER, JSON)
@click.option("--repair", is_flag=True, help="save what is whole as a new file, and build anew what can be built")
def check(folder: Path, as_json: bool, repair: bool) -> int | None:
    """Read every byte of the library and tell what is damaged."""
    from explorer.library import care

    checkup = care.check(folder)
    mended = None
    if repair and not checkup.sound:
        mended = care.repair(folder, checkup)
        with opened(folder, write=True) as library, progress() as show:
            library.build(progress=show)
    if as_json:
        print_json(
            {
                "sound": checkup.sound,
                "damages": [
                    {"place": each.place, "reason": each.reason, "papers": list(each.papers)}
                    for each in (*checkup.truth, *checkup.derived, *checkup.visitors)
                ],
                "repaired": mended is not None,
                "lost": list(mended.lost) if mended else [],
                "aside": str(mended.aside) if mended and mended.aside else None,
            }
        )
    else:
        for each in (*checkup.truth, *checkup.derived, *checkup.visitors):
            of = f" (of {', '.join(each.papers)})" if each.papers else ""
            print(f"{each.place}: {each.reason}{of}")
        if checkup.sound:
            print("all is as it was written")
    if mended:
        remark("repaired" + (f"; lost: {', '.join(mended.lost)}" if mended.lost else "; no paper was lost"))
        if mended.aside:
            remark(f"the damaged file lies in {mended.aside}")
        return None
    if not checkup.sound:
        wrong = counted(len(checkup.truth) + len(checkup.derived) + len(checkup.visitors), "place is", "places are")
        cure = f"explorer check --repair --library {folder}" if checkup.truth else f"explorer build --library {folder}"
        if not (checkup.truth or checkup.derived):
            cure = f"put back copies of {folder / 'visitors'}, or move the files away: their readers begin anew"
        remark(f"{wrong} damaged; to save what is whole: {cure}")
    return None if checkup.sound else NOTHING


@command(FOLDER)
@click.argument("file", required=False, type=PATH, metavar="[FILE]", help="where to (default: among the library's own)")
def backup(folder: Path, file: Path | None) -> None:
    """Copy the library, also while it is in use; to a FILE with the marks of readers, in FILE.visitors."""
    from explorer.library import care

    print(care.back_up(folder, file))


@command(FOLDER)
@click.argument("file", required=False, type=PATH, metavar="[FILE]", help="which copy (default: the latest)")
def restore(folder: Path, file: Path | None) -> None:
    """Put a copy in place of the library; what is there stays beside the copies."""
    from explorer.library import care

    restored = care.restore(folder, file)
    with opened(folder, write=True) as library, progress() as show:
        library.build(progress=show)
    print(f"restored {restored.source}")
    if restored.visitors:
        remark(f"came back with it: the marks of {counted(restored.visitors, 'reader')} who had none here")
    if restored.aside:
        remark(f"what it replaced lies in {restored.aside}")


@command(FOLDER, JSON)
@click.option("--port", type=port, default="8501", metavar="PORT", help="of this machine (default: 8501)")
@click.option("--browser", is_flag=True, help="also open a page that says whether the browser can draw the map")
def doctor(folder: Path, as_json: bool, port: int, browser: bool) -> int | None:
    """Look at this machine and tell what Explorer lacks: processor, model, disk, port, browser."""
    from explorer.cli.machine import Verdict, examine

    findings = []
    for each in examine(folder, port, browser=browser):
        findings.append(each)
        if not as_json:
            print(f"{each.verdict:5} {each.subject:9} {each.words}", flush=True)
            if each.cure:
                print(f"{'':16}{each.cure}", flush=True)
    if as_json:
        print_json([asdict(each) for each in findings])
    return NOTHING if any(each.verdict is Verdict.WRONG for each in findings) else None
