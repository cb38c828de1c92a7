"""The commands: each takes its options, calls one verb of `Library`, and prints what came of it.

Holds no logic of its own. Always true: JSON goes to stdout, words and progress to stderr; the exit code is 0 when done,
1 when nothing was found or the input had problems.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings.encoder import DEFAULT_MODEL, encoder_named
from explorer.cli import draft_tables, tables
from explorer.cli.tables import place, print_json, problem_lines, progress
from explorer.drafts.manuscript import Manuscript, bibliography, read_manuscript
from explorer.drafts.passages import LONG, count_words
from explorer.errors import LibraryError, UnreadableFile
from explorer.evaluation.labelled import LabelledSet, Method, flat
from explorer.evaluation.library import MEANS, measure
from explorer.export import shapes
from explorer.export import tables as files
from explorer.library import Library
from explorer.paper import Problem
from explorer.readers import Summary, preview, summary
from explorer.search.answer import Answer
from explorer.search.certainty import Certainty
from explorer.search.diversity import Order
from explorer.search.news import headline
from explorer.store import Filter, Import, Kind
from explorer.text import counted
from explorer.ui import start

DONE, NOTHING = 0, 1
_NOTHING_FOUND = "nothing found; widen the filter, or see what is there: explorer info"
_SHOWN = 10  # problems on the screen


@contextmanager
def _open(options: Namespace, *, write: bool = False, model: str = "") -> Iterator[Library]:
    with Library.open(options.library, write=write, model=model) as library:
        yield library


@contextmanager
def _open_existing(options: Namespace) -> Iterator[Library]:
    """For writing, but never creating."""
    if not (options.library / "library.sqlite").is_file():
        raise LibraryError(f"no library in {options.library}; make one with: explorer add FILE")
    with _open(options, write=True) as library:
        yield library


def _names(given: list[str]) -> list[str]:
    """Names from the command line, or one a line from stdin for "-"."""
    if given != ["-"]:
        return given
    names = [line.strip() for line in sys.stdin if line.strip()]
    if not names:
        raise LibraryError("no ids came on stdin; give one a line")
    return names


def _within(options: Namespace) -> Filter:
    return Filter(
        options.year, options.author, options.venue, options.topic, options.source, options.collection, options.tag
    )


# ------------------------------------------------------------------------------------------------ reading in


def read(options: Namespace) -> int:
    """Read a file without a library: what it holds, and what of it cannot be read."""
    columns = dict(options.column)
    try:
        found = summary(options.file, columns)
    except UnreadableFile as error:
        if options.json:
            problem = Problem(Path(options.file).name, 0, 0, str(error))
            print_json(shapes.of_fields(Summary("", 0, 0, (problem,))))
        raise
    if options.json:
        print_json(shapes.of_fields(found))
        return DONE
    shown = preview(options.file, columns)
    lost = sum(problem.record > 0 for problem in found.problems)
    print(f"{shown.label}: {found.records:,} records, {found.with_abstract:,} with an abstract, {lost:,} unreadable")
    for paper in shown.papers:
        print(f"  {paper.heading[:100]} ({', '.join(filter(None, (*paper.authors[:1], str(paper.year or ''))))})")
    for column in shown.columns:
        if column.field:
            print(f"  column {column.name!r} → {column.field}")
    for problem in found.problems:
        print(f"  {place(problem)}: {problem.reason}", file=sys.stderr)
    return DONE


def add(options: Namespace) -> int:
    """Read files into the library."""
    for file in options.files:
        if file != "-" and (not file or not Path(file).exists()):
            raise LibraryError(f"no such file: {file or '(an empty name)'}")  # before a library is made
    with _opened_to_add(options) as library, progress() as tell:
        try:
            report = library.add(
                *options.files, columns=dict(options.column), sync=options.sync, dry_run=options.dry_run, progress=tell
            )
        except UnreadableFile as error:
            if len(options.files) == 1:
                raise
            raise UnreadableFile(f"{error} (Nothing of these {len(options.files)} files was added)") from None
        fresh = "" if options.dry_run else headline(library.news())
    if options.json:
        print_json(shapes.of_fields(report))
    else:
        print(("would be: " if options.dry_run else "") + report.words)
        problem_lines(report.problems, _SHOWN)
    if fresh:
        print(f"{fresh}; see: explorer news", file=sys.stderr)
    return NOTHING if report.lost or not report.read else DONE


@contextmanager
def _opened_to_add(options: Namespace) -> Iterator[Library]:
    """For writing; to try out what a first import would do, a library that is gone afterwards."""
    if not options.dry_run or (options.library / "library.sqlite").is_file():
        with _open(options, write=True, model=options.model) as library:
            yield library
        return
    with TemporaryDirectory() as folder, Library.open(folder) as library:
        yield library


def remove(options: Namespace) -> int:
    """Take papers out of the library."""
    with _open_existing(options) as library, progress() as tell:
        gone = library.remove(*_names(options.papers), progress=tell)
    for paper in gone:
        print(f"removed {paper.id}: {paper.heading}")
    print("To bring them back: explorer undo", file=sys.stderr)
    return DONE


def undo(options: Namespace) -> int:
    """Undo the latest import, sync or removal."""
    with _open_existing(options) as library, progress() as tell:
        done = library.undo(progress=tell)
    print(f"undone: {_what(done)}")
    return DONE


def _what(done: Import) -> str:
    names = ", ".join(done.files[:5]) + (" …" if len(done.files) > 5 else "")
    if done.kind == "remove":
        return f"removal of {names}"
    return f"{done.kind} of {names} ({done.added:,} added, {done.updated:,} updated, {done.removed:,} removed)"


def build(options: Namespace) -> int:
    """Go on after an interruption, mend what is damaged, or draw the map anew."""
    with _open_existing(options) as library, progress() as tell:
        if options.seed is None and not options.redraw:
            library.build(progress=tell)
        else:
            library.redraw(options.seed or 0, progress=tell)
    return DONE


# ------------------------------------------------------------------------------------------ which papers are one


def merges(options: Namespace) -> int:
    """Papers made of several records, and why."""
    with _open(options) as library:
        found = [(paper, library.records(paper.id)) for paper in library.merged(options.k)]
        merged = library.info().merged
    if options.json:
        print_json([shapes.of_merged(paper, sources) for paper, sources in found])
        return DONE
    for paper, sources in found:
        print(f"{paper.id}  {paper.heading}")
        for one in sources:
            said = ", ".join(filter(None, (one.paper.venue, str(one.paper.year or ""), one.paper.doi)))
            print(f"  record {one.number}: {one.source.file} ({said}){' — ' + one.reason if one.reason else ''}")
    told = f"the latest {len(found):,} of {merged:,} papers" if len(found) < merged else counted(merged, "paper")
    print(f"{told} made of several records; to undo a merge: explorer split RECORD", file=sys.stderr)
    return DONE


def split(options: Namespace) -> int:
    """Undo a merge."""
    with _open_existing(options) as library, progress() as tell:
        paper = library.split(options.record, progress=tell)
    print(f"record {options.record} is a paper of its own now: {paper.id}  {paper.heading}")
    return DONE


def join(options: Namespace) -> int:
    """Make one paper of two, or keep them two for good."""
    with _open_existing(options) as library, progress() as tell:
        if options.never:
            library.keep_apart(options.paper, options.other)
            print("they stay two papers")
        else:
            paper = library.join(options.paper, options.other, progress=tell)
            print(f"one paper now: {paper.id}  {paper.heading}")
    return DONE


def review(options: Namespace) -> int:
    """Pairs that may be one paper."""
    with _open(options) as library:
        pairs = library.review(options.k)
    if options.json:
        print_json([shapes.of_pair(pair) for pair in pairs])
        return DONE
    for pair in pairs:
        print(f"{pair.one.id}  {pair.one.heading}\n{pair.other.id}  {pair.other.heading}\n  {pair.reason}")
    print(f"{len(pairs)} pairs; one paper: explorer join A B; two papers: explorer join A B --never", file=sys.stderr)
    return DONE


# -------------------------------------------------------------------------------------------------------- marks


def mark(options: Namespace) -> int:
    """Put papers into a collection, or tag them; or take them out again."""
    kind = Kind.TAG if options.tag else Kind.COLLECTION
    names = _names(options.papers)
    with _open(options) as library:
        (library.unmark if options.remove else library.mark)(kind, options.name, *names)
    print(f"{len(names)} {'out of' if options.remove else 'in'} the {kind.value} {options.name!r}", file=sys.stderr)
    return DONE


def note(options: Namespace) -> int:
    """Show or write the note on a paper."""
    with _open(options) as library:
        if options.text is not None:
            library.note(options.paper, options.text)
        print(library.marks([options.paper])[0].note)
    return DONE


def collections(options: Namespace) -> int:
    """Collections, folders and tags with their numbers of papers."""
    with _open(options) as library:
        found = library.collections()
    if options.json:
        print_json([shapes.of_fields(one) for one in found])
    else:
        for one in found:
            print(f"{one.kind.value:11} {one.name} ({one.papers})")
    return DONE


# ---------------------------------------------------------------------------------------------------- searching


def search(options: Namespace) -> int:
    """Papers nearest to a text; of a long one, or a file, to each of its passages."""
    text = sys.stdin.read() if options.text == ["-"] else " ".join(options.text)
    if bool(text.strip()) == bool(options.file):
        both = "say what to look for, or give a --file, not both"
        raise LibraryError(both if options.file else "the question is empty; say what to look for")
    with _open(options) as library:
        if not options.file and count_words(text) <= LONG:
            return _show(library.ask(text, options.k, within=_within(options), order=Order(options.order)), options)
        draft = _manuscript(options.file) if options.file else read_manuscript(_bytes(text), "the text")
        found = library.answers(draft.text, options.k, within=_within(options))
    if options.json:
        print_json(shapes.of_passage_results(found))
        return DONE if found.results else NOTHING
    if not found.results:
        print(_NOTHING_FOUND, file=sys.stderr)
        return NOTHING
    draft_tables.answers_table(found)
    return DONE


def missing(options: Namespace) -> int:
    """Papers that a draft does not cite."""
    draft = _manuscript(options.draft)
    if options.bib:
        listed = bibliography(options.bib)
        if not listed:
            raise UnreadableFile(f"{options.bib}: holds no references; leave out --bib, or give another file")
        draft = draft.with_bibliography(listed)
    cited = (*draft.cited, *(_names(options.cited) if options.cited else ()))
    with _open(options) as library:
        found = library.missing(draft.text, cited, options.k, within=_within(options))
        level = library.scale.level
    for note in draft.notes:
        print(note, file=sys.stderr)
    if not cited:
        print("nothing is known of what the draft cites; give its bibliography: --bib FILE", file=sys.stderr)
    if options.json:
        print_json(shapes.of_suggestions(found))
    else:
        draft_tables.missing_words(found)
    if not found.suggestions:
        print("nothing to suggest; widen the filter, or see what is there: explorer info", file=sys.stderr)
    elif all(level(one.result.similarity) is Certainty.NOTHING for one in found.suggestions):
        print("nothing close: texts about something else get as near by chance", file=sys.stderr)
    return DONE if found.suggestions else NOTHING


def _manuscript(file: str) -> Manuscript:
    return read_manuscript(sys.stdin.buffer.read(), "stdin") if file == "-" else read_manuscript(file)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def similar(options: Namespace) -> int:
    """Papers nearest to a paper, or to several, and a text."""
    liked = [*(_names(options.papers) if options.papers else []), *options.like]
    with _open(options) as library:
        found = library.ask_like(
            k=options.k,
            like=liked,
            unlike=options.unlike,
            text=options.text,
            within=_within(options),
            order=Order(options.order),
        )
    return _show(found, options, of_paper=bool(liked))


def _show(found: Answer, options: Namespace, *, of_paper: bool = False) -> int:
    """Print an answer; when nothing is close, only why, unless the weak results are wanted."""
    shown = found if options.weak or found.verdict.level is not Certainty.NOTHING else replace(found, results=())
    if options.json:
        print_json(shapes.of_answer(shown))
    elif shown.results:
        tables.answer_table(shown, of_paper=of_paper)
    if not found.results:
        print(_NOTHING_FOUND, file=sys.stderr)
    elif found.verdict.level is Certainty.NOTHING:
        more = "" if options.weak else " To see the weak results anyway: --weak"
        print(f"nothing close here. {found.verdict.words}{more}", file=sys.stderr)
    elif found.verdict.words:
        print(found.verdict.words, file=sys.stderr)
    return NOTHING if found.verdict.level is Certainty.NOTHING else DONE


def explain(options: Namespace) -> int:
    """Why two papers are close, or a paper and a question."""
    with _open(options) as library:
        other = library.paper(options.other)
        if options.question:
            found, one = library.why(options.paper, options.other), None
        else:
            found, one = library.explain(options.paper, options.other), library.paper(options.paper)
    if options.json:
        print_json(shapes.of_comparison(one or options.paper, other, found))
    else:
        tables.explanation(one.heading if one else f"“{options.paper}”", other.heading, found)
    return DONE


def evaluate(options: Namespace) -> int:
    """Measure search on a labelled set, or all that can be measured without labels on the library itself."""
    if options.set is None:
        return _check(options)
    measured = LabelledSet(options.set, encoder_named(options.model or DEFAULT_MODEL)).measure(Method(options.method))
    if options.json:
        print_json(shapes.of_measurement(options.set.resolve().name, options.method, flat(measured)))
        return DONE
    for task, metrics in measured.items():
        print(f"{task}: " + ", ".join(f"{name} {value}" for name, value in metrics.items()))
    return DONE


def _check(options: Namespace) -> int:
    with _open(options) as library, progress() as tell:
        found = measure(library, encoder_named(library.info().encoder), progress=tell)
    if options.json:
        print_json(shapes.of_check(found))
        return DONE
    print(f"{counted(found.papers, 'paper')}; means in percent ± standard error")
    for task, means in MEANS.items():
        figures = [one for one in found.figures if one.task == task]
        if figures:
            print(f"\n{task}: {means} (sample: {', '.join(dict.fromkeys(f'{one.sample:,}' for one in figures))})")
        for one in figures:
            chance = "" if one.chance is None else f"   by chance {one.chance:.1f}"
            print(f"  {one.method:8} {one.name:18} {one.value:5.1f} ± {one.error:.1f}{chance}")
    for reason in found.left_out:
        print(f"left out: {reason}", file=sys.stderr)
    return DONE


# ------------------------------------------------------------------------------------------------ what is there


def topics(options: Namespace) -> int:
    """What the library is about."""
    with _open(options) as library:
        tree = shapes.of_topics(library.topics)
    if options.json:
        print_json(tree)
    else:
        tables.topic_tree(tree, len(tree) - 1, None, "")
    return DONE


def write(options: Namespace) -> int:
    """Export papers, all or those that pass the filter."""
    if options.output.suffix.lower() not in files.WRITERS:
        raise LibraryError(f"cannot export to {options.output.name}: the name must end in {', '.join(files.WRITERS)}")
    if options.vectors and options.vectors.suffix != ".npy":
        raise LibraryError(f"vectors are written as .npy; call the file {options.vectors.stem}.npy")
    with _open(options) as library:
        mask = library.mask(_within(options)) if _within(options) else None
        rows = files.rows(library.papers(), library.map, library.topics)
        chosen = [row for i, row in enumerate(rows) if mask is None or mask[i]]
        if not chosen:
            print("no paper passes the filter; nothing was written", file=sys.stderr)
            return NOTHING
        files.write(options.output, chosen)
        if options.vectors:
            vectors = library.current.index.vectors()
            files.write_vectors(options.vectors, vectors if mask is None else vectors[mask])
    print(f"{counted(len(chosen), 'paper')} written to {options.output}", file=sys.stderr)
    return DONE


def info(options: Namespace) -> int:
    """Counts, encoder, files and imports."""
    with _open(options) as library:
        found = library.info()
    if options.json:
        print_json(shapes.of_info(found))
        return DONE
    for name, value in shapes.counts_of(found).items():
        print(f"{name.replace('_', ' '):17} {value}")
    for file, count in found.files:
        print(f"{'from':17} {file}: {count}")
    if found.vectors < found.papers:
        print(f"{found.papers - found.vectors} papers have no vector yet; run: explorer build")
    if found.provisional:
        print(f"{found.provisional} papers have a provisional place; to draw the map anew: explorer build --redraw")
    for done in found.imports:
        if not done.finished and not done.undone:
            print(f"import of {', '.join(done.files)} ({done.started}) was interrupted; add it again to finish it")
    return DONE


def problems(options: Namespace) -> int:
    """What could not be read in the latest import."""
    with _open(options) as library:
        found = library.problems()
    if options.json:
        print_json([shapes.of_fields(problem) for problem in found])
    else:
        for problem in found:
            print(f"{place(problem)}{f', record {problem.record}' if problem.record else ''}: {problem.reason}")
        if not found:
            print("none in the latest import", file=sys.stderr)
    return DONE


def app(options: Namespace) -> int:
    """Open the explorer in the browser."""
    if not (options.library / "library.sqlite").is_file():
        print(f"explorer: no library in {options.library} yet; the app will offer to add files", file=sys.stderr)
    return start(options.library, options.port, headless=options.headless)
