"""Feeds the search box with broken questions and looks for what no question may do.

    python benchmarks/fuzz_box.py [--seconds 600] [--seed NUMBER]

Made of the pieces of its language and of those of services, changed at random; the forty strategies are changed, too.
No text may raise anything but BadQuery with a sentence and a place within the text, nor take a second of computing; how
a text of plain phrases was read must be a text that is read in the same way, and survive being kept as JSON. A failure
is printed once.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explorer.search.box.identifiers import mentions
from explorer.search.box.interpretation import sentence, typed_again
from explorer.search.parse import BadQuery, Mode, Query, filters_alone, parse

STRATEGIES = Path(__file__).resolve().parents[1] / "tests" / "data" / "strategies.jsonl"
SECONDS = 1.0  # of computing for one question
PIECES = """( ) (( )) " "" “ ” « » „ ‘ ’ 「 」 - – — − -" -( NOT AND OR ANDNOT and or not NEAR/3 NEAR SAME W/5
adj3 && || ! + * ? $ wom?n "wom*n" muon* * ** [ ] [ti] [tiab] [au] [dp] [mh] [foo] 2010:2020[dp] { }
TITLE( TITLE-ABS-KEY( AUTH( PUBYEAR > = 2010 TS= TI= AU= PY=2010-2020 ti: abs: au: title: title:(
author: author:" year: year:2019 year:2018..2021 year:>2018 venue: topic: in: tag: file: doi: is:
is:retracted -author:x -year:2019 : ; , . .. … / \\ | & # @ % ^ ~ ` ' lidar odometry SLAM C++ C#
.NET IL-6 β CD4+ 5" f(x) (R)-ketamine :) 1:2 鲁迅 深度学习 딥러닝 การ עברית عربي 😀 é ß İ ﬁ a the without not
excluding 10.1000/x arXiv:1706.03762 PMID:123 https://doi.org/10.1000/x .ti,ab. #1 exp \t \n \u3000
\u200b """.split()
PIECES += ["\t", "\n", "\u3000", "\u200b", "\u202e", "\0", "\ufeff", "\ud800"]


def drawn(chance: random.Random, strategies: list[str]) -> str:
    """A question: pieces in a row, or a strategy with some changes."""
    if chance.random() < 0.7:
        joints = chance.choice((" ", " ", "", chance.choice((" ", ""))))
        return joints.join(chance.choices(PIECES, k=chance.choice((1, 2, 3, 5, 8, 13, 40))))
    text = chance.choice(strategies)
    for _ in range(chance.randint(1, 4)):
        at, end = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        end = min(end, at + 20)
        text = (
            text[:at] + chance.choice((chance.choice(PIECES), "", text[at:end] * chance.choice((2, 30)))) + text[end:]
        )
    return text


_ODD = re.compile(r"[\"()\[\]{}$?*:=\\#./-]|exp|adj")  # in a phrase of these signs a quote or a field may be meant anew


def _texts(value: object) -> list[str]:
    """The strings in a value of JSON."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] if isinstance(value, str) else [text for part in inner for text in _texts(part)]


def fault(typed: str) -> str:
    """What is wrong with the way a text is read, or an empty string."""
    started = time.process_time()
    mentions(typed)
    for mode in Mode:
        try:
            query = parse(typed, mode)
            filters_alone(typed)
        except BadQuery as error:
            if not str(error).strip() or (error.place and not 0 <= error.place[0] <= error.place[1] <= len(typed)):
                return f"{mode}: refused without a sentence, or a place in the text: {error.place}"
            continue
        sentence(query)
        if Query.of_json(query.as_json()).within.tree != query.within.tree:
            return f"{mode}: kept as JSON it is another"
        if query.within and not _ODD.search("".join((query.text, *_texts(json.loads(query.as_json()))))):
            try:
                again = parse(typed_again(query), Mode.STRATEGY)
            except BadQuery as error:
                if "nested" in str(error):  # from left to right makes a bracket of each operator
                    continue
                raise
            if again.within.tree != query.within.tree:
                return f"{mode}: read again as {again.within.tree}, not {query.within.tree}"
    taken = time.process_time() - started
    return f"took {taken:.1f} s" if taken > SECONDS else ""


def main() -> None:
    """Hunt until the time is up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    options = parser.parse_args()
    chance, until = random.Random(options.seed), time.monotonic() + options.seconds
    strategies = [json.loads(line)["typed"] for line in STRATEGIES.read_text(encoding="utf-8").splitlines()]
    count, shown = 0, set[str]()
    print(f"seed {options.seed}", flush=True)
    while time.monotonic() < until:
        typed = drawn(chance, strategies)
        count += 1
        try:
            wrong, kind = (found := fault(typed)), found[:30]
        except Exception as error:
            wrong = traceback.format_exc()
            kind = f"{type(error).__name__} at {wrong.splitlines()[-4:-1]}"
        if wrong and kind not in shown:
            shown.add(kind)
            print(f"{typed!r}\n{wrong}\n", flush=True)
    print(f"{count:,} questions, {len(shown)} kinds of failures")
    sys.exit(bool(shown))


if __name__ == "__main__":
    main()
