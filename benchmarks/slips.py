"""Did you mean: how many made slips are mended at first, and how many right questions are doubted.

    python benchmarks/slips.py CORPUS.jsonl.gz … [--slips 160] [--right 1000] [--seed 0]

Of each corpus half of the papers is the library. Slips: a word of five letters or more of a title of the library gets a
letter more, less, another, or two changed about, and is then no other word of general English; asked alone, and amid
its title's words (at most six). Right questions: titles and authors' names of the other half and of the other corpora,
acronyms and genes; none of them has a slip of ours.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import string
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.bundled import vocabulary
from explorer.search.slips import Spelling
from explorer.search.words import WordIndex

GENES = """BRCA1 TP53 EGFR KRAS TNFAIP3 VEGFA Sox2 Oct4 Notch1 Wnt3a CRISPR-Cas9 IL-6 TNF-α interleukin Foxp3 Hedgehog
MyD88 caspase-3 p53 miR-21 lncRNA HOTAIR mTORC1 PI3K Akt STAT3 NF-κB Bcl-2 CD4+ CD8 HLA-B27 ApoE4 APOE LRRK2 PINK1
parkin dystrophin titin rhodopsin opsin leptin ghrelin vimentin nestin occludin claudin SHANK3 MECP2 CFTR""".split()
ACRONYMS = "MIT DES WHO SLAM LIDAR BERT GPT RLHF YOLO ResNet NeRF UMAP t-SNE LSTM CNN GAN VAE DQN PPO MCTS NASA".split()


def slipped(word: str, dice: random.Random) -> str:
    """`word` with a slip that makes it another."""
    while True:
        at, letter = dice.randrange(len(word)), dice.choice(string.ascii_lowercase)
        made = dice.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            )
        )
        if made != word:
            return made


def slips(titles: list[str], count: int, dice: random.Random) -> list[tuple[str, str, str, str]]:
    """`count` times: the slip alone, what it should be; the slip amid its title, what that should be."""
    made: list[tuple[str, str, str, str]] = []
    while len(made) < count:
        words = re.findall(r"[a-z]+", dice.choice(titles).lower())
        places = [at for at, word in enumerate(words) if len(word) >= 5]
        if not places:
            continue
        at = dice.choice(places)
        word = slipped(words[at], dice)
        if word in vocabulary():  # another right word: no reader of words alone can tell
            continue
        first = max(0, min(at - 2, len(words) - 6))
        around = [*words[first:at], "%s", *words[at + 1 : first + 6]]
        phrase = " ".join(around)
        made.append((word, words[at], phrase % word, phrase % words[at]))
    return made


def right_questions(others: list[dict], count: int, dice: random.Random) -> list[str]:
    """Titles, names, acronyms and genes, none of them a slip."""
    chosen = dice.sample(others, count)
    kinds = [" ".join(paper["title"].split()[:8]) for paper in chosen[: count // 2]]
    kinds += [dice.choice(paper["authors"]) for paper in chosen[count // 2 : 3 * count // 4] if paper["authors"]]
    kinds += [dice.choice(paper["title"].lower().split()) for paper in chosen[3 * count // 4 : 7 * count // 8]]
    while len(kinds) < count:
        kinds.append(f"{dice.choice(GENES + ACRONYMS)} {dice.choice(dice.choice(others)['title'].split())}")
    return kinds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path, nargs="+")
    parser.add_argument("--slips", type=int, default=160)
    parser.add_argument("--right", type=int, default=1_000)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="what was not mended, and what was doubted")
    options = parser.parse_args()
    dice = random.Random(options.seed)
    corpora = {
        path.name: [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
        for path in options.corpora
    }
    for papers in corpora.values():
        dice.shuffle(papers)
        del papers[options.papers :]
    print("| corpus | papers | slips mended alone | amid a title | right questions doubted |\n" + "| --- " * 5 + "|")
    for name, papers in corpora.items():
        half = len(papers) // 2
        library, others = (
            papers[:half],
            papers[half:] + [p for other in corpora if other != name for p in corpora[other]],
        )
        texts = ((i, p["title"], p["abstract"] or "", "\n".join(p["authors"] or ())) for i, p in enumerate(library))
        spelling = Spelling.of(WordIndex.of(texts), vocabulary())
        made = slips([paper["title"] for paper in library], options.slips, dice)
        alone = [(slip, word, spelling.mended(slip)) for slip, word, _, _ in made]
        amid = [(slip, phrase, spelling.mended(slip)) for _, _, slip, phrase in made]
        others = [paper for paper in others if paper["title"].strip()]
        right = right_questions(others, options.right, dice)
        doubted = [(question, better) for question in right if (better := spelling.mended(question))]
        shares = [100 * sum(wanted == got for _, wanted, got in tries) / len(made) for tries in (alone, amid)]
        print(
            f"| {name} | {half:,} | {shares[0]:.1f} % | {shares[1]:.1f} % | {100 * len(doubted) / len(right):.1f} % |"
        )
        if options.show:
            print(*(entry for entry in alone + amid if entry[1] != entry[2]), *doubted, sep="\n")


if __name__ == "__main__":
    main()
