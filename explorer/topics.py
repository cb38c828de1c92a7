"""Topics: papers grouped by meaning at several levels, each group under a label of words from its own papers.

Holds the grouping (k-means merged upward by Ward) and the labelling (class-based TF-IDF over phrases). Knows texts,
vectors and row numbers, not papers; the k-means is the caller's. Always true: every paper has one topic per level;
levels are nested, finest first; topics are numbered from the largest down; no two topics of a level share a label;
the same input and seed give the same topics.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FloatMatrix = NDArray[np.float32]
IntVector = NDArray[np.int32]
KMeans = Callable[[FloatMatrix, int, int], IntVector]
_Rows = NDArray[np.int64]
_Double = NDArray[np.float64]

_SMALLEST = 3  # papers a topic has on average, at least: two papers are a pair, not a topic
_MERGE_SINGLY = 300  # so few papers are merged one by one; k-means pays, and is steady, only for more
_GLANCE = 15  # labels a reader takes in at one look, and a small map has room for
_ZOOM = 3  # topics that a topic opens into when the map is zoomed one level

_LABEL_LENGTH = 40  # characters; two lines of 20 on the map
_LABEL_PHRASES = 3
_MOST_TEXTS = 30_000  # more texts change no label of a level, only the time and memory they take
_MOST_CHARACTERS = 2_500  # of one text: an abstract is shorter, a whole paper pasted in must not drown the others
_MOST_PHRASES = 40_000  # the most common ones; bounds the table of phrases and topics at about 100 MB
_SINGLE_WEIGHT = 0.05  # a lone word rarely says enough ("localization"), unless it is a name
_NAME_WEIGHT = 0.35  # "Hanabi", "SLAM"
_RUNNER_UP = 0.4  # a further phrase must score this share of the first, or the first says it all
_SWALLOWED = 0.6  # "neural radiance" goes when that share of its papers has it within "neural radiance fields"
_COMPLETED = 0.6  # "chain Monte Carlo" becomes "Markov chain Monte Carlo" when so often written in full
_SPREAD = 0.35  # how much a phrase of all a topic's parts is preferred to one of a corner; 0 named 649 papers after 87
_CANDIDATES = 40  # phrases kept for each topic; the labels of 400 siblings together used fewer
_TITLE_WEIGHT = 2.0  # a title holds a tenth of the words, chosen to say what the paper is about


@dataclass(frozen=True)
class Level:
    """One zoom level. `labels`: a label for each topic; `assignment` (n,) int32: topic of each paper;
    `parents`: for each topic its topic in the next coarser level, empty in the coarsest."""

    labels: tuple[str, ...]
    assignment: IntVector
    parents: tuple[int, ...]


@dataclass(frozen=True)
class Topics:
    """Nested levels, finest first: every topic lies wholly within its parent."""

    levels: tuple[Level, ...]


def find_topics(vectors: FloatMatrix, texts: Sequence[str], kmeans: KMeans, *, seed: int = 0) -> Topics:
    """Nested, labelled topics of `vectors` (n, d) float32 unit rows and their `texts` ("title. abstract"), n strings.

    `kmeans(vectors, k, seed)` returns the group of each row, (n,) integers below k. Groups merge upward by Ward's
    criterion (1963); labels are phrases by class-based TF-IDF (Grootendorst 2022), counted in papers.
    """
    count = len(vectors)
    if count == 0:
        return Topics(())
    sizes = level_sizes(count)
    if sizes == (1,):
        assignments = [np.zeros(count, np.int32)]
    else:
        few = count <= _MERGE_SINGLY
        base = np.arange(count, dtype=np.int32) if few else _compact(kmeans(vectors, round(2.5 * count**0.5), seed))
        assignments = _merge_upward(vectors, base, sizes)
    parents = [_parents(fine, coarse) for fine, coarse in pairwise(assignments)] + [()]
    labels = _labels(texts, assignments, parents)
    return Topics(tuple(Level(*level) for level in zip(labels, assignments, parents, strict=True)))


def level_sizes(count: int) -> tuple[int, ...]:
    """How many topics each level has for `count` papers, finest first: 12 → (4,), 10,000 → (135, 45, 15)."""
    if count < 2 * _SMALLEST:
        return (1,)
    sizes = [min(_GLANCE, round(2 * count**0.25), count // _SMALLEST)]
    while sizes[-1] * _ZOOM <= 2 * count**0.5:
        sizes.append(sizes[-1] * _ZOOM)
    return tuple(reversed(sizes))


# --- groups ----------------------------------------------------------------------------------------------------------


def _compact(groups: IntVector | _Rows) -> IntVector:
    """The same groups numbered from the largest down, ties by first member, without empty numbers."""
    values, first, inverse, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(values), np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(values), dtype=np.int32)
    return rank[inverse]


def _parents(fine: IntVector, coarse: IntVector) -> tuple[int, ...]:
    _, first = np.unique(fine, return_index=True)
    return tuple(int(topic) for topic in coarse[first])


def _merge_upward(vectors: FloatMatrix, base: IntVector, sizes: Sequence[int]) -> list[IntVector]:
    """Merge groups two at a time, always the pair that costs least variance; keep the state at each of `sizes`."""
    weight = np.bincount(base).astype(np.float64)
    centre = np.zeros((len(weight), vectors.shape[1]))
    np.add.at(centre, base, vectors)
    centre /= weight[:, None]
    cost = _ward_costs(centre, weight)
    group = np.arange(len(weight))
    kept: list[IntVector] = []
    for left in range(len(weight), 0, -1):
        if left <= sizes[len(kept)]:
            kept.append(_compact(group[base]))
            if len(kept) == len(sizes):
                break
        a, b = sorted(divmod(int(np.argmin(cost)), len(weight)))
        group[group == b] = a
        centre[a] = (weight[a] * centre[a] + weight[b] * centre[b]) / (weight[a] + weight[b])
        weight[a] += weight[b]
        cost[b], cost[:, b] = np.inf, np.inf
        alive = np.isfinite(cost[a]) | (np.arange(len(weight)) == a)
        gap = ((centre - centre[a]) ** 2).sum(axis=1)
        cost[a] = cost[:, a] = np.where(alive, weight * weight[a] / (weight + weight[a]) * gap, np.inf)
        cost[a, a] = np.inf
    return kept


def _ward_costs(centre: _Double, weight: _Double) -> _Double:
    square = (centre**2).sum(axis=1)
    gap = square[:, None] + square[None, :] - 2 * np.einsum("ij,kj->ik", centre, centre)  # not BLAS: same bits always
    cost = weight[:, None] * weight[None, :] / (weight[:, None] + weight[None, :]) * np.maximum(gap, 0)
    np.fill_diagonal(cost, np.inf)
    return np.asarray(cost)


# --- words -----------------------------------------------------------------------------------------------------------

_DEBRIS = re.compile(r"https?://\S+|www\.\S+|\$[^$]{1,300}\$|\\[A-Za-z]+\*?|<[^<>]{1,40}>|&\w+;")
_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*|[^\s\w]|_")
_TITLE_END = re.compile(r"[.!?:]\s")

_BREAK, _FUNCTION, _JOINT, _DULLNESS, _GENERIC, _CONTENT = range(6)
_JOINTS = frozenset("of to in".split())  # may stand inside a phrase: "chain of thought"
_NOT_ADVERBS = frozenset("anomaly assembly butterfly early elderly family fly monopoly supply".split())
_FUNCTIONS = frozenset(
    """a about above across after again against all almost along already also although always am among amongst an and
    any are aren't around as at be because been before being below between beyond both but by can cannot could did do
    does doing done don't down due during each either else e.g i.e etc even ever every few for from further furthermore
    given had has have having hence her here hers him his how however i if in into is isn't it it's its itself just
    least less let like many may me might more moreover most much must my namely near nearly neither never no nor not
    now of off often on once one only onto or other others otherwise our ours out over own per perhaps quite rather
    s same several she should since so some still such than that the their theirs them themselves then thereby
    therefore these they this those though through throughout thus to together too toward towards two three four five
    six seven eight nine ten under unless until up upon us use used uses using very via was we well were what when
    where whereas whether which while who whom whose why will with within without would yet you your et al vs versus
    first second third last next new non hundred thousand million
    der die das und ist nicht mit von für auf den dem des ein eine einer eines im zu zur zum bei wird werden durch als
    le la les des du de un une et est dans pour par sur avec que qui au aux ce ces cette sont en el los las y del una
    con para por como se es su sus al o os da do na no em um uma il lo gli che di per non della dei nel e""".split()
)
# What every paper does, whatever it is about: these words, with any ending, never stand in a label.
_DULL = re.compile(
    r"""(?:achiev|address|aim|allow|analyz|analys(?=e)|appl[iy]|approach|articl|author|benefit|bring|brought|call
    |carr[iy]|certain|challeng|compar(?!ison)|competitiv|complet|comprehensiv|conclu|conduct(?!i[ov]|an)|confirm
    |consider|consist(?!en)|contribut|conventional|correspond|crucial|current|demonstrat|describ|despit
    |determin(?!ant)|develop(?!ment)|differ|difficult|direct|discuss|distinct|effective|efficac|efficient
    |emerg(?!enc)|employ|enabl|enhanc(?!ement)|enough|ensur|especial|establish|evaluat(?=e)|examin|exampl|exist
    |expect|experiment|extend|extensiv|facts?\b|find|focus|fulfil|fundamental|github|good|great|high|idea
    |identif[iy]|illustrat|implement|important|importance|improv|includ|increasing|indicat|initial|inspir
    |instead|interest|introduc|investigat|issue|known|lead|leverag|limit|low|made|main|mak|manner|method
    |moreover|multipl|necessar|need|notabl|novel|numerous|observ(?=e|ing)|obtain|offer|outperform|overall
    |overcome|paper|particular|perform|popular|possibl|potential|present|previous|produc|promis|propos|prov(?=e
    |id)|purpos|rarely|recent|relat(?=ed)|relative|relevan|remain|report|requir|research|respect|result|reveal
    |section|serve|show|significan|similar(?!it)|simpl[ey]|solution|solv|specific(?!it)|state-of-the-art
    |stud[iy]|substantial|success(?!or)|suffer|suggest|superior|suitab|systematic|take|techniqu|test(?=ed)
    |theoretical|tradition|try|typical|understood|uniqu|useful|util(?!it)|valuable|variet|variou|want|ways?\b
    |wide|works?\b|yield|years?\b|months?\b|weeks?\b|days?\b|hours?\b|m[gl]\b|kg\b|mm\b)
    (?:e|es|ed|d|s|y|ing|ings|ment|ments|al|ally|ly|er|est|able|ive|ively|iveness|ion|ions|ial|ially|ity
    |ities|ness|cy|cies|ance|ant|antly|lly|ry|ful|fully|ation|ations|ence|ent|ently|ology|ologies
    |ological|ingly|ese|se|n|or|ors)?""",
    re.VERBOSE,
)
_GENERICS = frozenset(  # these need a telling word beside them: "graph network" may pass, "neural network" says nothing
    """abstract accuracy adaptive adverse algorithm analysis application architecture area art artificial automatic
    background baseline benchmark book case change class classification clinical code collection common comparison
    complex complexity component computation computational computer condition confidence context control-group
    controlled cost criteria criterion data database dataset deep design development difference direct distribution
    domain double-blind effect electronic end-to-end environment error estimation evaluation event evidence factor
    fast feature fine-tuning follow-up form framework function functional general global group hybrid inclusion
    increase information input intelligence interval key knowledge label large large-scale layer learn learned
    learner learning level linear list literature local long loss machine major mean measure mechanism metric model
    modeling modelling module multi natural net network neural nonlinear objective online open optimal order
    original outcome output parameter part patient pipeline placebo point population power practice prediction
    primary prior problem process processing quality quantitative question random randomised randomized range rate
    real real-time real-world reduction reference representation response review risk robust robustness role sample
    scale science score search secondary selection set setting short simulation single size small space stage
    standard state statistical strategy structure subject supervised support synthetic system systematic target task
    term test theory therapy time tool total trained training treated treatment trial type unified unsupervised
    validation value variable vision work world""".split()
)


@dataclass(frozen=True)
class _Text:
    """All texts as one row of tokens, (t,) each: its form (as written), its word (folded), its paper, if in a title.

    Word 0 is a break: punctuation, formulas, numbers, rare words.
    """

    form: _Rows
    word: _Rows
    paper: _Rows
    title: NDArray[np.bool_]
    forms: list[str]
    words: list[str]
    kinds: _Rows


def _read(texts: Sequence[str], rows: _Rows) -> _Text:
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    form, lengths, title_lengths = [numbers["."]], [], []
    for row in rows:
        title, rest = _split(texts[row])
        parts = [_TOKEN.findall(title), _TOKEN.findall(rest)]
        title_lengths.append(len(parts[0]))
        lengths.append(len(parts[0]) + len(parts[1]) + 1)
        form += [numbers[token] for part in parts for token in part]
        form.append(0)
    forms = list(numbers)
    word_of_form, words = _folded(forms)
    starts = np.cumsum([1, *lengths])[:-1] if lengths else np.zeros(0, np.int64)
    paper = np.repeat(np.concatenate([[-1], rows]), [1, *lengths])
    place = np.arange(len(form)) - np.repeat(np.concatenate([[0], starts]), [1, *lengths])
    title_end = np.repeat(np.array([0, *title_lengths]), [1, *lengths])
    written = np.array(form)
    kinds = np.array([_kind(word) for word in words])
    return _Text(written, word_of_form[written], paper, place < title_end, forms, words, kinds)


def _split(text: str) -> tuple[str, str]:
    text = text[:_MOST_CHARACTERS].replace("’", "'")
    if "$" in text or "\\" in text or "http" in text or "www." in text or "<" in text or "&" in text:
        text = _DEBRIS.sub(" | ", text)  # a break, but no end of the title
    end = _TITLE_END.search(text, 0, 300)
    while end and text[end.start()] == ":":  # a subtitle belongs to the title
        end = _TITLE_END.search(text, end.end(), 300)
    return (text[: end.end()], text[end.end() :]) if end else (text, "")


def _folded(forms: list[str]) -> tuple[_Rows, list[str]]:
    """The word of each form, without case and plural; words that say nothing by themselves become 0, a break."""
    lower = [form.lower().removesuffix("'s") for form in forms]
    present = set(lower)
    words: dict[str, int] = {".": 0}
    found = [words.setdefault(_singular(word, present), len(words)) if _is_word(word) else 0 for word in lower]
    return np.array(found), list(words)


def _singular(word: str, present: set[str]) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        for ending, single in (("ies", "y"), ("ches", "ch"), ("xes", "x"), ("sses", "ss"), ("s", "")):
            if word.endswith(ending) and word[: -len(ending)] + single in present:
                return word[: -len(ending)] + single
    return word


def _is_word(word: str) -> bool:
    """Whether a token may stand in a phrase: letters, at most led by a digit as in "3d" or "5-ht"."""
    if len(word) < 2 or len(word) > 30 or not any(char.isalpha() for char in word):
        return False
    return word[0].isalpha() or re.fullmatch(r"\d(d|dof|-[^\W\d]{2,}.*)", word) is not None


def _kind(word: str) -> int:
    if word == ".":
        return _BREAK
    if word in _JOINTS:
        return _JOINT
    if word in _FUNCTIONS:
        return _FUNCTION
    if _DULL.fullmatch(word):
        return _DULLNESS
    pieces = word.split("-")
    return (
        _GENERIC
        if all(piece in _GENERICS or piece in _FUNCTIONS for piece in pieces) or word in _GENERICS
        else _CONTENT
    )


# --- phrases ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Phrases:
    """Phrases held by enough papers, and where: `words` (p, 3), 0 where shorter; `shares` (p, groups): papers of each
    finest topic that hold it, a title counting more; `sizes` (groups,): papers read of each finest topic; the
    occurrences of phrase i start at tokens `places[starts[i] : starts[i] + counts[i]]`."""

    words: _Rows
    shares: NDArray[np.float32]
    sizes: _Double
    places: _Rows
    starts: _Rows
    counts: _Rows


def _phrases(text: _Text, groups: IntVector, rows: _Rows) -> _Phrases:
    from scipy import sparse  # 0.15 s, and only redrawn topics need it

    fewest = 1 if len(rows) < 40 else 2 if len(rows) < 1000 else 3 + len(rows) // 10_000
    key, place = _runs(text)
    order = np.argsort(key, kind="stable")
    key, place = key[order], place[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))[: len(key)]
    counts = np.diff(np.append(starts, len(key)))
    number = np.repeat(np.arange(len(starts)), counts)
    shape = (len(starts), len(groups))
    held = sparse.coo_array((np.ones(len(number), np.float32), (number, text.paper[place])), shape=shape).tocsr()
    held.data[:] = 1
    titled = text.title[place]
    titles = sparse.coo_array(
        (np.ones(int(titled.sum()), np.float32), (number[titled], text.paper[place[titled]])), shape=shape
    ).tocsr()
    titles.data[:] = _TITLE_WEIGHT
    papers = np.diff(held.indptr)
    enough = np.flatnonzero(papers >= fewest)
    enough = np.sort(enough[np.argsort(-papers[enough], kind="stable")[:_MOST_PHRASES]])
    member = sparse.coo_array((np.ones(len(groups), np.float32), (np.arange(len(groups)), groups))).tocsr()
    shares = ((held[enough] + titles[enough]) @ member).toarray()
    radix, kept = len(text.words), key[starts[enough]]
    words = np.stack([kept // radix**2, kept // radix % radix, kept % radix], axis=1)
    sizes = np.bincount(groups[rows], minlength=shares.shape[1]).astype(np.float64)
    return _Phrases(words, shares, sizes, place, starts[enough], counts[enough])


def _runs(text: _Text) -> tuple[_Rows, _Rows]:
    """Every run of one to three words that could be a label: its key and its first token, in order of length."""
    radix = len(text.words)
    kind = text.kinds[text.word]
    edge, telling = kind >= _GENERIC, kind == _CONTENT
    adverb = np.array([word.endswith("ly") and word not in _NOT_ADVERBS for word in text.words])[text.word]
    keys, places = [], []
    for length in (1, 2, 3):
        end = len(kind) - length + 1
        fit = (
            edge[:end] & (edge & ~adverb)[length - 1 :] & np.any([telling[i : end + i] for i in range(length)], axis=0)
        )
        if length == 3:
            fit &= edge[1 : end + 1] | (kind[1 : end + 1] == _JOINT)
        at = np.flatnonzero(fit)
        key = np.zeros(len(at), np.int64)
        for i in range(3):
            key = key * radix + (text.word[at + i] if i < length else 0)
        keys.append(key)
        places.append(at)
    return np.concatenate(keys), np.concatenate(places)


# --- labels ----------------------------------------------------------------------------------------------------------


def _labels(
    texts: Sequence[str], assignments: Sequence[IntVector], parents: Sequence[tuple[int, ...]]
) -> list[tuple[str, ...]]:
    """Labels of every level, finest first; made from the coarsest down, so that a child can differ from its parent."""
    rows = np.arange(0, len(texts), max(1, -(-len(texts) // _MOST_TEXTS)))
    text = _read(texts, rows)
    phrases = _phrases(text, assignments[0], rows)
    writer = _Writer(text, phrases)
    top = np.arange(len(phrases.sizes))  # topic, in the level at hand, of each finest topic
    chains = [top]
    for parent in parents[:-1]:
        top = np.array(parent)[top]
        chains.append(top)
    labels: list[tuple[str, ...]] = []
    above: tuple[_Rows | None, list[list[int]]] = (None, [])
    for chain in reversed(chains):
        chosen = writer.choose(chain, *above)
        labels.append(writer.write(chosen))
        above = (chain, chosen)
    return labels[::-1]


class _Writer:
    """Chooses the phrases of each topic of a level and spells them as the texts do."""

    def __init__(self, text: _Text, phrases: _Phrases) -> None:
        self._text, self._phrases = text, phrases
        self._length = (phrases.words > 0).sum(axis=1)
        self._names = _names(text)
        single = np.where(self._names[phrases.words[:, 0]], _NAME_WEIGHT, _SINGLE_WEIGHT)
        self._weight = np.where(self._length == 1, single, 1.0)
        self._reach: dict[int, tuple[int, int]] = {}
        self._spelled: dict[int, str] = {}
        self._tells: dict[int, frozenset[int]] = {}

    def choose(self, chain: _Rows, parents: _Rows | None, above: list[list[int]]) -> list[list[int]]:
        """Phrases of each topic of a level, best first.

        `chain`: the level's topic of each finest topic; `parents`: the parent of each; `above`: the parents' phrases.
        """
        scores = self._scores(chain, parents)
        chosen: list[list[int]] = [[] for _ in range(scores.shape[1])]
        taken: set[frozenset[int]] = set()
        only = _only_children(chain, parents)
        for topic, parent in only.items():  # the same papers keep their label
            chosen[topic] = list(above[parent])
            taken |= {self._telling(phrase) for phrase in above[parent]}
        family = np.zeros(len(chosen), np.int64)
        if parents is not None:
            family[chain] = parents
        found = [
            (-float(scores[phrase, topic]), topic, phrase)
            for topic in range(len(chosen))
            if topic not in only
            for phrase in self._candidates(scores[:, topic], chain == topic)
            if not above or self._telling(phrase) not in {self._telling(other) for other in above[family[topic]]}
        ]
        best: dict[int, float] = {}
        for score, topic, phrase in sorted(found):  # a phrase goes to the topic it suits best
            telling = self._telling(phrase)
            if telling in taken or -score < _RUNNER_UP * best.get(topic, 0) or not self._fits(chosen[topic], phrase):
                continue
            taken.add(telling)
            best.setdefault(topic, -score)
            chosen[topic].append(phrase)
        return chosen

    def _scores(self, chain: _Rows, parents: _Rows | None) -> _Double:
        """Class-based TF-IDF, (p, topics): how common a phrase is in a topic times the log of how much more common
        than elsewhere. For a child, elsewhere is half the corpus and half its parent; for a topic of several finest
        topics, a phrase common to them counts for more than one of a corner."""
        shares, sizes = _summed(self._phrases.shares, self._phrases.sizes, chain)
        rate = shares / np.maximum(sizes, 1)
        floor = 0.5 / sizes.sum()
        lift = np.log((rate + floor) / (shares.sum(axis=1, keepdims=True) / sizes.sum() + floor))
        if parents is not None:
            wide, wide_sizes = _summed(self._phrases.shares, self._phrases.sizes, parents)
            family = np.zeros(len(sizes), np.int64)
            family[chain] = parents
            lift = (lift + np.log((rate + floor) / (wide / np.maximum(wide_sizes, 1) + floor)[:, family])) / 2
        squares, _ = _summed(self._phrases.shares**2, self._phrases.sizes, chain)
        spread = shares**2 / np.maximum(squares, 1e-12) / np.bincount(chain)
        return np.asarray(rate * np.maximum(lift, 0) * spread**_SPREAD * self._weight[:, None])

    def _candidates(self, scores: _Double, mine: NDArray[np.bool_]) -> list[int]:
        """The best phrases of a topic, without those that mostly occur as part of a longer one of them."""
        best = np.argsort(-scores, kind="stable")[:_CANDIDATES]
        best = best[scores[best] > 0]
        shares = dict(zip(best.tolist(), self._phrases.shares[best][:, mine].sum(axis=1).tolist(), strict=True))
        return [
            phrase
            for phrase, own in shares.items()
            if not any(share >= _SWALLOWED * own and self._within(phrase, other) for other, share in shares.items())
        ]

    def _within(self, short: int, long: int) -> bool:
        a, b = int(self._length[short]), int(self._length[long])
        words, inside = self._phrases.words[long].tolist(), self._phrases.words[short].tolist()[:a]
        return a < b and any(words[i : i + a] == inside for i in range(b - a + 1))

    def _fits(self, chosen: list[int], phrase: int) -> bool:
        if not chosen:
            return True
        if len(chosen) == _LABEL_PHRASES or self._weight[phrase] == _SINGLE_WEIGHT:
            return False
        if any(self._alike(phrase, other) for other in chosen):
            return False
        if any(self._short_for(phrase, other) or self._short_for(other, phrase) for other in chosen):
            return False
        return len(", ".join(self._spell(p) for p in [*chosen, phrase])) <= _LABEL_LENGTH

    def _alike(self, one: int, other: int) -> bool:
        """Whether two phrases share a telling word, or its beginning as "robot" and "robotic" do."""
        mine, others = ({self._text.words[word][:5] for word in self._telling(phrase)} for phrase in (one, other))
        return not mine.isdisjoint(others)

    def _short_for(self, short: int, long: int) -> bool:
        """Whether one phrase is the acronym of another: "UAV" and "unmanned aerial vehicles"."""
        initials = "".join(self._text.words[word][0] for word in self._words(long))
        return self._length[short] == 1 and self._text.words[self._phrases.words[short][0]] in {
            initials,
            initials + "s",
        }

    def write(self, chosen: list[list[int]]) -> tuple[str, ...]:
        """The labels themselves; a topic without a phrase gets a numbered stand-in."""
        labels = [", ".join(self._spell(phrase) for phrase in phrases) for phrases in chosen]
        return tuple(label or f"untitled group {number}" for number, label in enumerate(labels, 1))

    def _telling(self, phrase: int) -> frozenset[int]:
        """The words that make a phrase what it is: two with the same ones say the same."""
        if phrase not in self._tells:
            self._tells[phrase] = frozenset(w for w in self._words(phrase) if self._text.kinds[w] == _CONTENT)
        return self._tells[phrase]

    def _words(self, phrase: int) -> list[int]:
        before, after = self._extent(phrase)
        first = int(self._occurrences(phrase)[0])
        return [int(word) for word in self._text.word[first - before : first + after]]

    def _extent(self, phrase: int) -> tuple[int, int]:
        """How many tokens before and after its first one a phrase reaches when completed: "chain Monte Carlo" and
        "obstructive pulmonary" are parts of names that hardly ever stand without the rest."""
        if phrase not in self._reach:
            before, after = 0, int(self._length[phrase])
            at = self._all_occurrences(phrase)
            for _ in range(2 if after > 1 else 0):
                if self._always(at - before - 1, _CONTENT):
                    before += 1
                if self._always(at + after):
                    after += 1
                elif self._always(at + after, _FUNCTION) and self._always(at + after + 1):  # localization and mapping
                    after += 2
            self._reach[phrase] = before, after
        return self._reach[phrase]

    def _always(self, at: _Rows, least: int = _GENERIC) -> bool:
        """Whether one word, telling at `least` so much, stands at most of these tokens."""
        words = self._text.word[np.clip(at, 0, len(self._text.word) - 1)]
        word, seen = Counter(words.tolist()).most_common(1)[0]
        return len(at) > 2 and seen >= _COMPLETED * len(at) and bool(self._text.kinds[word] >= least)

    def _all_occurrences(self, phrase: int) -> _Rows:
        start = self._phrases.starts[phrase]
        return self._phrases.places[start : start + min(500, self._phrases.counts[phrase])]

    def _occurrences(self, phrase: int) -> _Rows:
        """First tokens of the complete phrase: only the places where the words that complete it are there."""
        at = self._all_occurrences(phrase)
        before, after = self._extent(phrase)
        spans = self._text.word[np.clip(at[:, None] + np.arange(-before, after), 0, len(self._text.word) - 1)]
        usual = Counter(map(tuple, spans.tolist())).most_common(1)[0][0]
        return np.asarray(at[(spans == np.array(usual)).all(axis=1)])

    def _spell(self, phrase: int) -> str:
        """The phrase as most often written: inside sentences if anywhere, since titles and openings capitalise."""
        if phrase not in self._spelled:
            before, after = self._extent(phrase)
            at = self._occurrences(phrase) - before
            inside = at[~self._text.title[at] & (self._text.word[at - 1] != 0)]
            spans = (inside if len(inside) else at)[:, None] + np.arange(before + after)
            forms = Counter(map(tuple, self._text.form[spans].tolist())).most_common(1)[0][0]
            words = [self._text.forms[form] for form in forms]
            if not len(inside):
                names = self._names[self._words(phrase)]
                words = [word if name else _uncapitalised(word) for word, name in zip(words, names, strict=True)]
            self._spelled[phrase] = " ".join(words)
        return self._spelled[phrase]


def _only_children(chain: _Rows, parents: _Rows | None) -> dict[int, int]:
    """Topics that are all of their parent, with that parent."""
    if parents is None:
        return {}
    pairs = set(zip(chain.tolist(), parents.tolist(), strict=True))
    families = Counter(parent for _, parent in pairs)
    return {topic: parent for topic, parent in pairs if families[parent] == 1}


def _uncapitalised(word: str) -> str:
    return word.lower() if word[1:].islower() else word


def _names(text: _Text) -> NDArray[np.bool_]:
    """For each word whether it is a name or an acronym: written with a capital inside sentences, (words,).

    One that mostly leads another word ("Bayesian", "3D") is an adjective, not a name.
    """
    capital = np.array([form != form.lower() for form in text.forms])
    leads = np.append(text.kinds[text.word[1:]] >= _GENERIC, False)
    inside = ~text.title & (np.concatenate([[0], text.word[:-1]]) != 0)
    words, size = text.word[inside], len(text.words)
    seen = np.bincount(words, minlength=size)
    upper = np.bincount(words, capital[text.form[inside]], size) > 0.6 * seen
    return np.asarray(upper & (np.bincount(words, leads[inside], size) < 0.6 * seen))


def _summed(shares: NDArray[np.float32], sizes: _Double, chain: _Rows) -> tuple[_Double, _Double]:
    """Shares and sizes of a level's topics from those of the finest."""
    summed = np.zeros((len(shares), int(chain.max()) + 1))
    for fine, topic in enumerate(chain.tolist()):
        summed[:, topic] += shares[:, fine]
    return summed, np.bincount(chain, sizes).astype(np.float64)
