"""Where figures and pictures of a library come from: version, model, papers, settings; and a paragraph that says so.

Knows the library, no files or widgets. Always true: the same papers in any order, folder and process have the same
digest; the paragraph claims what was done to this library alone, with its figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embeddings import bundled
from explorer import __version__
from explorer.export.map_arrays import near_trust
from explorer.index.content import digest_of
from explorer.index.drawing import NEIGHBOURS
from explorer.library import Library
from explorer.map import layout, topics
from explorer.search.ranking import WHOLE
from explorer.text import counted

_DIGITS = 12  # of a digest, for people


@dataclass(frozen=True)
class Provenance:
    """Where what a library shows comes from; `papers` are those on the map.

    `revision` names the model's weights, `sha256` is their sum where they are the bundled ones, else empty; `dimension`
    of the vectors; `precision`: how many papers have a vector of each. `digest`: see `digest_of`. `seed` of the map, 0
    where it began with the places before. `neighbours` of each paper, which map and topics are made from, and the share
    of the true ones among them, None where it was not measured. `topics` of each level, finest first; `renamed`:
    how many of them have a name from people; `recipe` of their names: another Explorer may have another.
    """

    version: str
    model: str
    revision: str
    sha256: str
    dimension: int
    precision: Mapping[str, int]
    papers: int
    digest: str
    seed: int
    neighbours: int
    neighbour_recall: float | None
    topics: Sequence[int]
    renamed: int
    recipe: int


def provenance(opened: Library) -> Provenance:
    """That of a library as last built. Raises LibraryError when nothing was built yet."""
    with opened.snapshot.moment():
        arrays = opened.snapshot.arrays
        levels = arrays.topics.levels
        model, revision = opened.encoder.stored
        return Provenance(
            __version__, model, revision, bundled.SHA256 if revision == bundled.REVISION else "",
            arrays.index.dimension, dict(opened.records.info().precisions), len(arrays.keys), digest_of(arrays.stamps),
            next((drawing.seed for drawing in opened.drawings.all() if drawing.shown), 0),
            NEIGHBOURS, arrays.recall.share if arrays.recall else None,
            [len(level.labels) for level in levels], sum(map(_renamed, levels)),
            max((level.recipe for level in levels), default=topics.RECIPE),
        )  # fmt: skip


def _renamed(level: topics.Level) -> int:
    return sum(name != level.own(topic) for topic, name in enumerate(level.labels))


def methods(opened: Library) -> str:
    """A paragraph for the methods section of a paper that shows this library's map or its searches; raises as above."""
    with opened.snapshot.moment():
        made, trust = provenance(opened), near_trust(opened)
    sentences = [
        f"{counted(made.papers, 'paper was', 'papers were')} explored with Explorer {made.version}.",
        f"Title and abstract of each were embedded as {made.dimension} numbers by the model {made.model} "
        f"({_weights(made)}); the similarity of two papers is the cosine of their vectors.",
        "Questions rank papers by this similarity, by the words they hold (BM25) and by the scores of the papers "
        f"nearest to each{', among candidates by compressed vectors and words' if made.papers > WHOLE else ''}.",
        f"The map is {_layout(made)}.",
        f"On it, {trust['share']:.0f} % of the {trust['of']} papers nearest to each are among the {trust['near']} dots "
        "around it." if trust["share"] is not None else "",
        _topics(made),
        f"The papers have the digest {made.digest[:_DIGITS]} (SHA-256 over titles, abstracts and authors).",
    ]  # fmt: skip
    return " ".join(filter(None, sentences))


def _weights(made: Provenance) -> str:
    precisions = list(made.precision)
    how = (
        precisions[0]
        if len(precisions) == 1
        else " and ".join(f"{made.precision[name]:,} in {name}" for name in precisions)
    )
    return f"weights {made.revision}, computed in {how}"


def _layout(made: Provenance) -> str:
    if made.papers < layout.FEW:
        return "a scaling of all similarities to two dimensions"
    share = made.neighbour_recall
    recall = "" if share is None or share > 0.9995 else f" ({100 * share:.1f} % recall)"
    seed = f" and the seed {made.seed}" if made.seed else ""
    graph = f"the graph of the {made.neighbours} papers nearest to each{recall}"
    return f"a t-SNE layout of {graph}, with an overview of random pairs{seed}"


def _topics(made: Provenance) -> str:
    *finer, coarsest = [f"{count:,}" for count in made.topics] or [""]
    if not coarsest:
        return ""
    counts = f"{', '.join(finer)} and {coarsest}" if finer else coarsest
    first = "" if made.papers < topics.MERGE_SINGLY else "k-means and "
    return (
        f"Topics ({counts}) come from {first}Ward’s method on vectors smoothed over the nearest papers and joined "
        "with the places on the map; their names are phrases of their own papers"
        f"{f', but for {made.renamed:,} named by hand' if made.renamed else ''}."
    )
