"""A library whose owner has marked papers, and what a visitor of it sees. No test stands here."""

from hashlib import sha256

import numpy as np

from embeddings.toy import ToyEncoder
from explorer.filter import Filter
from explorer.library import Library
from explorer.search.question import Question
from explorer.store import FILE, HIDDEN, LIKED, Kind
from support.damage import settle
from support.papers import related

LIKES = Kind.COLLECTION


def marked(toy_with):
    """The folder of a library whose owner likes k0, hides k1, has a list, a note and a saved search."""
    toy = toy_with(related(20, collections=["Thesis/One"]))
    toy.marks.put(LIKES, LIKED, "k0")
    toy.marks.put(LIKES, HIDDEN, "k1")
    toy.marks.put(LIKES, "Week 3", "k2")
    toy.marks.note("k3", "the owner's thoughts")
    toy.marks.see("k4")
    toy.saved.put("the owner's question", Question("alpha beta"))
    toy.close()
    settle(toy.folder)
    return toy.folder


def opened(folder):
    return Library.open(folder, write=False, encoder=ToyEncoder())


def digest(folder):
    return sha256((folder / FILE).read_bytes()).hexdigest()


def in_collection(library, name):
    return sorted(
        paper.id for paper in library.snapshot.papers(np.flatnonzero(library.snapshot.mask(Filter(collection=name))))
    )
