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

import numpy as np
from numpy.typing import NDArray

FloatMatrix = NDArray[np.float32]
IntVector = NDArray[np.int32]
KMeans = Callable[[FloatMatrix, int, int], IntVector]
_Rows = NDArray[np.int64]
_Double = NDArray[np.float64]

_TOO_FEW = 5  # papers; below, one topic holds them all
_GLANCE = 15  # labels a reader takes in at one look, and a small map has room for
_ZOOM = 3  # topics that a topic opens into when the map is zoomed one level

_LABEL_LENGTH = 40  # characters; two lines of 20 on the map
_LABEL_PHRASES = 3
_MOST_TEXTS = 30_000  # more texts change no label of a level, only the time and memory they take
_MOST_CHARACTERS = 2_500  # of one text: an abstract is shorter, a whole paper pasted in must not drown the others
_MOST_PHRASES = 40_000  # the most common ones; bounds the table of phrases and topics at about 100 MB
_SINGLE_WEIGHT = 0.1  # a lone word rarely says enough ("localization"), unless it is a name
_NAME_WEIGHT = 0.35  # "Hanabi", "SLAM"
_RUNNER_UP = 0.4  # a further phrase must score this share of the first, or the first says it all
_SWALLOWED = 0.6  # "neural radiance" goes when that share of its papers has it within "neural radiance fields"
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
        base = _compact(kmeans(vectors, min(round(2.5 * count**0.5), count // 2), seed))
        assignments = _merge_upward(vectors, base, sizes)
    parents = [_parents(fine, coarse) for fine, coarse in zip(assignments, assignments[1:], strict=False)] + [()]
    labels = _labels(texts, assignments, parents)
    return Topics(tuple(Level(*level) for level in zip(labels, assignments, parents, strict=True)))


def level_sizes(count: int) -> tuple[int, ...]:
    """How many topics each level has for `count` papers, finest first: 12 → (3,), 10,000 → (135, 45, 15)."""
    if count < _TOO_FEW:
        return (1,)
    sizes = [min(_GLANCE, round(1.5 * count**0.25))]
    while sizes[-1] * _ZOOM <= 1.6 * count**0.5:
        sizes.append(sizes[-1] * _ZOOM)
    return tuple(reversed(sizes))


# --- groups ----------------------------------------------------------------------------------------------------------


def _compact(groups: IntVector) -> IntVector:
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

_BREAK, _FUNCTION, _JOINT, _DULL, _GENERIC, _CONTENT = range(6)
_JOINTS = frozenset("of to in".split())  # may stand inside a phrase: "chain of thought"
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
_DULLS = frozenset(  # what every paper does, whatever it is about: such a word never stands in a label
    """able accordingly achieve achieved achieves achieving address addresses addressed addressing aim aims
    aimed allow allows allowing among analyze analyzed apply applied applying approach approache approaches article
    authors available based benefit best better bring broad called capable carried certain
    challenge challenges challenging code commonly compare compared comparing competitive complete
    comprehensive conclusion conclusions conduct conducted confirm consider considered considerable considering consist
    consistently contribution contributions conventional corresponding crucial current currently demonstrate
    demonstrated demonstrates demonstrating describe described describes designed despite determine determined
    develop developed developing different difficult difficulty directly discuss discussed distinct effective
    effectively effectiveness efficacy efficient efficiently e.g employ employed enable enables enabling enhance
    enhanced enough ensure especially essential establish established evaluate evaluated evaluating     examine examined example examples existing expected experiment experiments experimental experimentally extend
    extended extensive extensively fact findings finding focus focuses found frameworks fully fundamental
    furthermore future general generally github good great greatly high higher highly idea ideas identified identify
    illustrate implement implemented important importance improve improved improvement improvements improves improving
    include included includes including increase increased increasing increasingly indicate indicated indicates
    inspired instead interesting introduce introduced introduces introducing investigate investigated issue issues     known largely larger lead leading leads leverage leverages leveraging limitation limitations limited low
    lower made main mainly make makes making manner method methods methodology modern multiple namely     necessary need needed needs notably novel novelty numerous observe observed obtain
    obtained offer offers orders outperform outperforms outperformed overall overcome paper papers     particular particularly perform performance performed performing performs popular possible potential potentially
    powerful practical present presented presenting presents previous previously problems
    produce promising propose proposed proposes proposing prove provide provided provides providing purpose     rarely rates recent recently related relatively relevant report reported require required
    requirement requirements requires researchers respect respectively result resulting results reveal     reviewed section serve show showed showing shown shows significant significantly
    similar simple simply solution solutions solve solved solving specific specifically state-of-the-art     strong studied studies study studying substantial substantially success successful successfully suffer suggest
    suggested suggests superior superiority suitable systematic systematically take technique techniques     tested theoretical towards traditional try typical typically understand understood unique
    useful usually utilize utilized utilizing valuable variety various verify want way ways wide widely
    works world yield yields years year months month weeks week days day hours hour mg ml kg significantly
    aims conclusion methods p n ci 95 median versus""".split()
)
_GENERICS = frozenset(  # needs a telling word beside it: "graph network" may pass, "neural network" says nothing
    """accuracy adaptive algorithm algorithms analysis application approach architecture art artificial automatic
    baseline baselines benchmark benchmarks classification clinical complex complexity component computation
    computational computer condition context controlled cost data dataset datasets deep difference direct
    distribution domain effect end-to-end environment error estimation fast feature features fine-tuning
    follow-up function functional global group groups hybrid information input inputs intelligence
    knowledge label labels language layer layers learn learned learner learning level linear local long loss machine
    measure measures mechanism metric metrics model modeling modelling models module modules multi network networks
    neural nonlinear number objective online open optimal output outputs parameter parameters patient
    patients pipeline point population prediction process processing quality quantitative random rate real real-time
    real-world representation representations response robust robustness sample scale science score scores     set sets short simulation single size small space stage standard statistical structure subject subjects supervised
    synthetic system systems target task tasks theory time tool tools training trained train trial trials treatment
    treated unified unsupervised validation variable variables effects outcome outcomes
    therapy placebo randomized randomised double-blind incidence increase
    reduction adverse events event natural large design problem problems case cases state states value values order mean total prior part parts support type types comparison major background abstract range term terms evaluation strategy strategies work key review common test research practice role setting settings evidence original framework frameworks""".split()
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
        text = _DEBRIS.sub(" . ", text)
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
    if word in _DULLS:
        return _DULL
    pieces = word.split("-")
    return _GENERIC if all(piece in _GENERICS or piece in _FUNCTIONS for piece in pieces) or word in _GENERICS else _CONTENT


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
    keys, places = [], []
    for length in (1, 2, 3):
        end = len(kind) - length + 1
        fit = edge[:end] & edge[length - 1 :] & np.any([telling[i : end + i] for i in range(length)], axis=0)
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
        labels.append(writer.write(chosen, chain))
        above = (chain, chosen)
    return labels[::-1]


class _Writer:
    """Chooses the phrases of each topic of a level and spells them as the texts do."""

    def __init__(self, text: _Text, phrases: _Phrases) -> None:
        self._text, self._phrases = text, phrases
        kinds = text.kinds[phrases.words]
        self._length = (phrases.words > 0).sum(axis=1)
        self._names = _names(text)
        single = np.where(self._names[phrases.words[:, 0]], _NAME_WEIGHT, _SINGLE_WEIGHT)
        self._weight = np.where(self._length == 1, single, 1.0)
        self._telling = [frozenset(words[kind == _CONTENT].tolist()) for words, kind in zip(phrases.words, kinds, strict=True)]
        self._spelled: dict[int, str] = {}

    def choose(self, chain: _Rows, parent_chain: _Rows | None, parent_phrases: list[list[int]]) -> list[list[int]]:
        """Phrases of each topic of a level, best first. `chain`: the level's topic of each finest topic."""
        scores = self._scores(chain, parent_chain)
        count = scores.shape[1]
        chosen: list[list[int]] = [[] for _ in range(count)]
        parent = np.zeros(count, np.int64)
        if parent_chain is not None:
            parent[chain] = parent_chain
        found = []
        for topic in range(count):
            for phrase in self._candidates(scores[:, topic], topic, chain):
                if not parent_phrases or phrase not in parent_phrases[parent[topic]]:
                    found.append((-float(scores[phrase, topic]), topic, phrase))
        taken: set[frozenset[int]] = set()
        best: dict[int, float] = {}
        for score, topic, phrase in sorted(found):
            telling = self._telling[phrase]
            if telling in taken or -score < _RUNNER_UP * best.get(topic, 0) or not self._fits(chosen[topic], phrase):
                continue
            taken.add(telling)
            best.setdefault(topic, -score)
            chosen[topic].append(phrase)
        return chosen

    def _scores(self, chain: _Rows, parent_chain: _Rows | None) -> _Double:
        """Class-based TF-IDF, (p, topics): how common a phrase is in a topic times the log of how much more common
        than elsewhere; for a child, elsewhere is half the corpus and half its parent."""
        shares, sizes = _summed(self._phrases, chain)
        rate = shares / np.maximum(sizes, 1)
        floor = 0.5 / sizes.sum()
        lift = np.log((rate + floor) / (shares.sum(axis=1, keepdims=True) / sizes.sum() + floor))
        if parent_chain is not None:
            above, above_sizes = _summed(self._phrases, parent_chain)
            parent = np.zeros(len(sizes), np.int64)
            parent[chain] = parent_chain
            near = np.log((rate + floor) / (above / np.maximum(above_sizes, 1) + floor)[:, parent])
            lift = (lift + near) / 2
        return np.asarray(rate * np.maximum(lift, 0) * self._weight[:, None])

    def _candidates(self, scores: _Double, topic: int, chain: _Rows) -> list[int]:
        """The best phrases of a topic, without those that mostly occur as part of a longer one of them."""
        best = np.argsort(-scores, kind="stable")[:_CANDIDATES]
        best = best[scores[best] > 0]
        share = self._phrases.shares[best][:, chain == topic].sum(axis=1)
        kept = []
        for phrase, own in zip(best.tolist(), share, strict=True):
            longer = [s for other, s in zip(best.tolist(), share, strict=True) if self._within(phrase, other)]
            if max(longer, default=0) < _SWALLOWED * own:
                kept.append(phrase)
        return kept

    def _within(self, short: int, long: int) -> bool:
        a, b = self._length[short], self._length[long]
        words, inside = self._phrases.words[long], self._phrases.words[short][:a]
        return bool(a < b and any((words[i : i + a] == inside).all() for i in range(b - a + 1)))

    def _fits(self, chosen: list[int], phrase: int) -> bool:
        if not chosen:
            return True
        if len(chosen) == _LABEL_PHRASES or any(self._telling[phrase] & self._telling[other] for other in chosen):
            return False
        if any(self._short_for(phrase, other) or self._short_for(other, phrase) for other in chosen):
            return False
        return len(", ".join(self._spell(p) for p in [*chosen, phrase])) <= _LABEL_LENGTH

    def _short_for(self, short: int, long: int) -> bool:
        """Whether one phrase is the acronym of another: "UAV" and "unmanned aerial vehicles"."""
        initials = "".join(self._text.words[word][0] for word in self._phrases.words[long] if word)
        return self._length[short] == 1 and self._text.words[self._phrases.words[short][0]] == initials

    def write(self, chosen: list[list[int]], chain: _Rows) -> tuple[str, ...]:
        """The labels themselves; a topic without a phrase gets a numbered stand-in."""
        labels = [", ".join(self._spell(phrase) for phrase in phrases) for phrases in chosen]
        return tuple(label or f"untitled group {number}" for number, label in enumerate(labels, 1))

    def _spell(self, phrase: int) -> str:
        """The phrase as it is most often written: inside sentences if anywhere, since titles and openings capitalise."""
        if phrase not in self._spelled:
            start, length = self._phrases.starts[phrase], int(self._length[phrase])
            at = self._phrases.places[start : start + self._phrases.counts[phrase]]
            inside = at[~self._text.title[at] & (self._text.word[at - 1] != 0)]
            spans = (inside if len(inside) else at)[:2000, None] + np.arange(length)
            forms = Counter(map(tuple, self._text.form[spans].tolist())).most_common(1)[0][0]
            words = [self._text.forms[form] for form in forms]
            if not len(inside):
                words = [w if self._names[n] else _uncapitalised(w) for w, n in zip(words, self._phrases.words[phrase], strict=False)]
            self._spelled[phrase] = " ".join(words)
        return self._spelled[phrase]


def _uncapitalised(word: str) -> str:
    return word.lower() if word[1:].islower() else word


def _names(text: _Text) -> NDArray[np.bool_]:
    """For each word whether it is a name or an acronym: written with a capital inside sentences, (words,)."""
    capital = np.array([form != form.lower() for form in text.forms])
    inside = ~text.title & (np.concatenate([[0], text.word[:-1]]) != 0)
    words = text.word[inside]
    upper = np.bincount(words, capital[text.form[inside]], len(text.words))
    return np.asarray(upper > 0.6 * np.bincount(words, minlength=len(text.words)))


def _summed(phrases: _Phrases, chain: _Rows) -> tuple[_Double, _Double]:
    """Shares and sizes of a level's topics from those of the finest."""
    count = int(chain.max()) + 1
    shares = np.zeros((len(phrases.words), count))
    for fine, topic in enumerate(chain):
        shares[:, topic] += phrases.shares[:, fine]
    return shares, np.bincount(chain, phrases.sizes, count)
