"""Beyond a single machine: a corpus divided into shards, embedded by any number of jobs, gathered into a library.

Always true: nothing of `explorer.shards` is loaded before such a command runs.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import click

from explorer.cli import NOTHING
from explorer.cli.options import COLUMNS, FILE, FOLDER, JSON, PATH, Texts, command, positive
from explorer.cli.tables import print_json, print_problems, progress, remark
from explorer.text import counted

_SHOWN = 10  # problems on the screen
_CORPUS = "a file, a folder of files, or an address of fsspec as s3://bucket/folder"
_DIR = click.argument("shards", type=PATH, metavar="DIR", help="the folder that explorer shard made")


def _share(_context: click.Context, _option: click.Parameter, text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    number, of = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= number <= of:
        raise click.BadParameter(f"{text!r} is no share; write NUMBER/OF, from 1/8 to 8/8 for eight jobs")
    return number, of


@command(JSON, COLUMNS)
@click.argument("corpus", nargs=-1, required=True, type=FILE, metavar="CORPUS...", help=_CORPUS)
@click.option("--out", type=PATH, required=True, metavar="DIR", help="folder of the shards, which all jobs can see")
@click.option(
    "--papers-per-shard", "size", type=positive, default="10000", metavar="N",
    help="papers in a shard, which a killed job loses at most (default: 10000)",
)  # fmt: skip
@click.option("--model", default="", help="sentence-transformers name or folder (default: the bundled MiniLM)")
def shard(corpus: Texts, out: Path, size: int, model: str, columns: dict[str, str], as_json: bool) -> int | None:
    """Divide a corpus into shards of papers and texts, or go on with that."""
    from explorer.shards.corpus import Corpus
    from explorer.shards.division import divide

    with progress() as show:
        done = divide(Corpus(corpus, columns), out, size=size, model=model, progress=show)
    plan, report = done.plan, done.report
    counts = {
        "papers": {"shards": len(plan.papers), "records": sum(each.records for each in plan.papers)},
        "texts": {"shards": len(plan.texts), "texts": sum(each.texts for each in plan.texts)},
        "model": plan.encoder, "revision": plan.revision,
    }  # fmt: skip
    if as_json:
        print_json({**counts, "report": report and asdict(report)})
    else:
        if report:
            print(report.words)
            print_problems(report.problems, _SHOWN)
        papers, texts = counted(len(plan.papers), "shard"), counted(len(plan.texts), "shard")
        print(f"{papers} of papers, {texts} of {counted(sum(each.texts for each in plan.texts), 'text')} in {out}")
        remark(f"Next: explorer embed {out}, or up to {len(plan.texts)} jobs: explorer embed {out} --shard NUMBER/OF")
    return NOTHING if report and (report.lost or report.unread or not report.read) else None


@command(_DIR, JSON)
@click.option(
    "--shard", "share", default="1/1", callback=_share, metavar="NUMBER/OF",
    help="the share of this job, as 3/8 for the third of eight (default: all)",
)  # fmt: skip
def embed(shards: Path, share: tuple[int, int], as_json: bool) -> None:
    """Make the vectors of a share of the shards; those that are there and whole are passed over."""
    from explorer.shards.vectors import Share
    from explorer.shards.vectors import embed as embed_share

    with progress() as show:
        done = embed_share(shards, Share(*share), progress=show)
    if as_json:
        return print_json(asdict(done))
    print(f"{counted(done.shards, 'shard')} made with {counted(done.vectors, 'vector')}, {done.there:,} there already")


@command(FOLDER, _DIR, JSON)
def gather(folder: Path, shards: Path, as_json: bool) -> None:
    """Make a library of all shards, or add them to the library."""
    from explorer.shards.union import gather as gather_all

    with progress() as show:
        done = gather_all(shards, folder, progress=show)
    if as_json:
        return print_json(asdict(done))
    if done.report:
        print(done.report.words)
    here = f", {counted(done.embedded, 'text')} embedded here" if done.embedded else ""
    print(f"{counted(done.papers, 'paper')} in {folder}; {counted(done.vectors, 'vector')} taken over{here}")
