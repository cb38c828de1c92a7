"""Files in and out, and figures: read, export, evaluate.

Always true: `read` needs no library; a file that is written is written whole or not at all.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from explorer.cli import NOTHING
from explorer.cli.options import COLUMNS, FILE, FOLDER, JSON, PATH, command, opened, within
from explorer.cli.tables import facts, print_check, print_json, print_problems, progress, remark
from explorer.errors import LibraryError, UnreadableFile
from explorer.export.shapes import of_library_figures, of_measurement
from explorer.filter import Filter


@command(FOLDER, JSON, COLUMNS)
@click.argument("file", type=FILE, metavar="FILE")
def read(folder: Path, file: str, columns: dict[str, str], as_json: bool) -> None:
    """Read a file without a library: what it holds, and what of it cannot be read."""
    from explorer.paper import Problem
    from explorer.readers import Summary, preview, summary

    try:
        contents = summary(file, columns)
    except UnreadableFile as error:
        if as_json:
            print_json(asdict(Summary("", 0, 0, (Problem(Path(file).name, 0, 0, str(error)),))))
        raise
    if as_json:
        return print_json(asdict(contents))
    start = preview(file, columns)
    lost = sum(problem.record > 0 for problem in contents.problems)
    counts = f"{contents.records:,} records, {contents.with_abstract:,} with an abstract, {lost:,} unreadable"
    print(f"{start.label}: {counts}")
    for paper in start.papers:
        print(f"  {paper.heading[:100]} ({facts(paper)})")
    for column in start.columns:
        if column.field:
            print(f"  column {column.name!r} → {column.field}")
    print_problems(contents.problems)


@command(FOLDER, within)
@click.option(
    "-o", "--output", type=PATH, required=True, metavar="FILE", help="its ending says in which format; none: a folder"
)
@click.option("--vectors", type=PATH, metavar="FILE.npy", help="vectors too, in the same order")
@click.option("--title", default="", metavar="TEXT", help="of a page (default: Papers)")
@click.option("--no-abstracts", is_flag=True, help="leave the abstracts out of a page")
def export(
    folder: Path, within: Filter, output: Path, vectors: Path | None, title: str, no_abstracts: bool
) -> int | None:
    """Write papers to .jsonl, .csv, .parquet, .bib, .ris or, as a list of references, .txt.

    To a folder, as a page that needs no server: map, list and search by meaning, see docs/site.md.
    """
    from explorer.export import tables
    from explorer.text import counted

    if not output.suffix or output.is_dir():
        if vectors:
            raise LibraryError(
                f"a page holds its own vectors; leave out --vectors {vectors}, or name a file to write to"
            )
        return _site(folder, within, output, title, abstracts=not no_abstracts)
    if output.suffix.lower() not in tables.WRITERS:
        endings = ", ".join(tables.WRITERS)
        raise LibraryError(f"cannot export to {output.name}: the name must end in {endings}, or in nothing for a page")
    if title or no_abstracts:
        raise LibraryError(f"--title and --no-abstracts are of a page, which is a folder; {output.name} is a file")
    if vectors and vectors.suffix != ".npy":
        raise LibraryError(f"vectors are written as .npy; call the file {vectors.stem}.npy")
    with opened(folder) as library:
        mask = library.snapshot.mask(within) if within else None
        rows = tables.rows(library.snapshot.papers(), library.map, library.topics)
        chosen = [row for i, row in enumerate(rows) if mask is None or mask[i]]
        if not chosen:
            remark("no paper passes the filter; nothing was written")
            return NOTHING
        tables.write(output, chosen)
        if vectors:
            array = library.snapshot.arrays.index.vectors()
            tables.write_vectors(vectors, array if mask is None else array[mask])
    remark(f"{counted(len(chosen), 'paper')} written to {output}")
    return None


def _site(folder: Path, within: Filter, output: Path, title: str, *, abstracts: bool) -> int | None:
    """Write a page, and say how large it is and how far it agrees with the app."""
    from explorer.export.site import Options, write_site
    from explorer.text import counted

    with opened(folder) as library:
        options = Options(within, abstracts, title or Options.title)
        written = write_site(library, output, options, tell=lambda step: remark(f"{step} …"))
    remark(
        f"{counted(written.papers, 'paper')} written to {output}, {written.bytes / 1e6:.1f} MB; "
        f"open {output / 'index.html'}"
    )
    if written.agreement is None:
        remark("questions are compared by their words only: the model of this library does not fit into a page")
    else:
        share = f"{written.agreement:.3f} of the ten best are the app's"
        remark(f"of {counted(written.questions, 'question')} made from titles and sentences, {share}")
    return None


@command(FOLDER, JSON)
@click.option(
    "--set", "labelled", type=PATH, metavar="FOLDER", help="a labelled set: corpus.jsonl, queries.jsonl, qrels.tsv"
)
@click.option("--method", type=click.Choice(["bm25", "vectors", "default"]), default="default", help="of ranking")
@click.option("--model", default="", help="sentence-transformers name or folder (default: bundled)")
def evaluate(folder: Path, labelled: Path | None, method: str, model: str, as_json: bool) -> None:
    """Measure search, index and map on the library itself, or search on a set."""
    from embeddings.encoder import DEFAULT_MODEL, encoder_named
    from explorer.evaluation.labelled import LabelledSet, flat
    from explorer.evaluation.library import measure
    from explorer.evaluation.methods import Method

    if labelled:
        measured = LabelledSet(labelled, encoder_named(model or DEFAULT_MODEL)).measure(Method(method))
        if as_json:
            return print_json(of_measurement(labelled.resolve().name, method, flat(measured)))
        for task, metrics in measured.items():
            print(f"{task}: " + ", ".join(f"{name} {value}" for name, value in metrics.items()))
        return None
    with opened(folder) as library, progress() as show:
        check = measure(library, encoder_named(library.records.info().encoder), progress=show)
    if as_json:
        return print_json(of_library_figures(check))
    print_check(check)
