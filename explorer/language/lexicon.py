"""Words: what a single word is worth in a label or an explanation, by lists; see `phrases` for several together.

Holds the lists and three questions about a word. Knows no texts. Always true: words are in lower case, and those of the
lists in the singular; DULL spares words that name subjects, however common ("development", "comparison" sorting).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import IntEnum


class Kind(IntEnum):
    """Kinds of words, the more telling the higher."""

    BREAK = 0  # punctuation, formulas, numbers
    FUNCTION = 1  # of grammar
    JOINT = 2  # of grammar, may stand inside a phrase: "chain of thought"
    EMPTY = 3  # what every paper says
    GENERIC = 4  # says something beside a telling word only
    CONTENT = 5


_DIGIT_FIRST = re.compile(r"\d(?:d|dof|-[^\W\d]{2,}.*)")  # "3d", "6dof", "5-ht"

JOINTS = frozenset("of to in".split())
NOT_ADVERBS = frozenset("anomaly assembly butterfly early elderly family fly monopoly supply".split())

# Words of grammar, also those of German, French, Spanish, Portuguese and Italian: a phrase ends at them.
FUNCTIONS = frozenset(
    """a about above across after again against all almost along already also although always am among amongst an and
    any are aren't around as at be because been before being below between beyond both but by can cannot could did do
    does doing done don't down due during each either else e.g i.e etc even ever every few for from further furthermore
    given had has have having hence her here hers him his how however i if in into is isn't it it's its itself just
    least less let like many may me might more moreover most much must my namely near nearly neither never no nor not
    now of off often on once one only onto or other others otherwise our ours out over own per perhaps quite rather s
    same several she should since so some still such than that the their theirs them themselves then thereby therefore
    these they this those though through throughout thus to together too toward towards two three four five six seven
    eight nine ten under unless until up upon us use used uses using very via was we well were what when where whereas
    whether which while who whom whose why will with within without would yet you your et al vs versus first second
    third last next new non hundred thousand million der die das und ist nicht mit von für auf den dem des ein eine
    einer eines im zu zur zum bei wird werden durch als le la les des du de un une et est dans pour par sur avec que qui
    au aux ce ces cette sont en el los las y del una con para por como se es su sus al o os da do na no em um uma il lo
    gli che di per non della dei nel e""".split()
)

# What every paper does, whatever it is about: these words, with any ending, never stand in a label.
DULL = re.compile(
    r"""(?:achiev|address|aim|allow|analyz|analys(?=e)|appl[iy]|approach|articl|author|benefit|bring|brought|call|carr[iy]
    |certain|challeng|compar(?!ison)|competitiv|complet|comprehensiv|conclu|conduct(?!i[ov]|an)|confirm|consider
    |consist(?!en)|contribut|conventional|correspond|crucial|current|demonstrat|describ|despit|determin(?!ant)
    |develop(?!ment)|differ|difficult|direct|discuss|distinct|effective|efficac|efficient|emerg(?!enc)|employ|enabl
    |enhanc(?!ement)|enough|ensur|especial|establish|evaluat(?=e)|examin|exampl|exist|expect|experiment|extend|extensiv
    |facts?\b|find|focus|fulfil|fundamental|github|good|great|high|idea|identif[iy]|illustrat|implement|important
    |importance|improv|includ|increasing|indicat|initial|inspir|instead|interest|introduc|investigat|issue|known|lead
    |leverag|limit|low|made|main|mak|manner|method|moreover|multipl|necessar|need|notabl|novel|numerous|observ(?=e|ing)
    |obtain|offer|outperform|overall|overcome|paper|particular|perform|popular|possibl|potential|present|previous|produc
    |promis|propos|prov(?=e|id)|purpos|rarely|recent|relat(?=ed)|relative|relevan|remain|report|requir|research|respect
    |result|reveal|section|serve|show|significan|similar(?!it)|simpl[ey]|solution|solv|specific(?!it)|state-of-the-art
    |stud[iy]|substantial|success(?!or)|suffer|suggest|superior|suitab|systematic|take|techniqu|test(?=ed)|theoretical
    |tradition|try|typical|understood|uniqu|useful|util(?!it)|valuable|variet|variou|want|ways?\b|wide|works?\b|yield
    |years?\b|months?\b|weeks?\b|days?\b|hours?\b|m[gl]\b|kg\b|mm\b)
    (?:e|es|ed|d|s|y|ing|ings|ment|ments|al|ally|ly|er|est|able|ive|ively|iveness|ion|ions|ial|ially|ity|ities|ness|cy
    |cies|ance|ant|antly|lly|ry|ful|fully|ation|ations|ence|ent|ently|ology|ologies|ological|ingly|ese|se|n|or|ors)?""",
    re.VERBOSE,
)

# These need a telling word beside them: "graph network" may pass, "neural network" says nothing.
GENERICS = frozenset(
    """abstract accuracy adaptive adverse algorithm analysis application architecture area art artificial automatic
    background baseline benchmark book case change class classification clinical code collection common comparison
    complex complexity component computation computational computer condition confidence context control-group
    controlled cost criteria criterion data database dataset deep design development difference direct distribution
    domain double-blind effect electronic end-to-end environment error estimation evaluation event evidence factor fast
    feature fine-tuning follow-up form framework function functional general global group hybrid inclusion increase
    information input intelligence interval key knowledge label large large-scale layer learn learned learner learning
    level linear list literature local long loss machine major mean measure mechanism metric model modeling modelling
    module multi natural net network neural nonlinear objective online open optimal order original outcome output
    parameter part patient pipeline placebo point population power practice prediction primary prior problem process
    processing quality quantitative question random randomised randomized range rate real real-time real-world reduction
    reference representation response review risk robust robustness role sample scale science score search secondary
    selection set setting short simulation single size small space stage standard state statistical strategy structure
    subject supervised support synthetic system systematic target task term test theory therapy time tool total trained
    training treated treatment trial type unified unsupervised validation value variable vision work world""".split()
)

# Words that name no subject alone, though a label may hold them in a phrase ("critical load").
SAY_LITTLE = frozenset(
    """activity actual addition administer administered amount attempt attention attribute capability choice choose
    cm combination concept concerning conclusion core critical degree detail difficulty divide divided door
    entire feature former hand help impact implication individual induce induced insight instrument job
    latter link list look looked mail maintaining maximize member minimize mol name number opportunity pair
    part period picture piece play powerful product project proving question reason region relating
    representative service social special step strong sum thing today total type unit usual vertical view
    volume widespread word""".split()
)


def singular(word: str, present: Collection[str]) -> str:
    """`word` without its plural ending, where the singular is among the words `present`."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        for ending, single in (("ies", "y"), ("ches", "ch"), ("xes", "x"), ("sses", "ss"), ("s", "")):
            if word.endswith(ending) and word[: -len(ending)] + single in present:
                return word[: -len(ending)] + single
    return word


def is_word(word: str) -> bool:
    """Whether a token may stand in a phrase: letters, at most led by a digit."""
    return 2 <= len(word) <= 30 and (word[0].isalpha() or _DIGIT_FIRST.fullmatch(word) is not None)


def kind(word: str) -> Kind:
    """What `word` is worth; "." is a break."""
    if word == ".":
        return Kind.BREAK
    if word in JOINTS:
        return Kind.JOINT
    if word in FUNCTIONS:
        return Kind.FUNCTION
    if DULL.fullmatch(word):
        return Kind.EMPTY
    plain = word in GENERICS or all(piece in GENERICS or piece in FUNCTIONS for piece in word.split("-"))
    return Kind.GENERIC if plain else Kind.CONTENT
