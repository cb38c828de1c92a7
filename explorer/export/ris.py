"""Papers → records of RIS, as reference managers read them. Always true: a value stands on one line."""

from __future__ import annotations

from explorer.paper import Paper


def entry(paper: Paper) -> str:
    """One record."""
    arxiv = f"https://arxiv.org/abs/{paper.arxiv}" if paper.arxiv else ""
    tags = [
        ("TY", "JOUR" if paper.venue else "GEN"), ("ID", paper.id), ("TI", paper.title),
        *(("AU", name) for name in paper.authors), ("PY", paper.year), ("T2", paper.venue),
        ("DO", paper.doi), ("AN", paper.pmid), ("C2", paper.pmcid), ("UR", paper.url or arxiv),
        ("N1", f"{paper.status}." if paper.status else ""),
        *(("KW", word) for word in paper.keywords), ("AB", paper.abstract),
    ]  # fmt: skip
    lines = [f"{tag}  - {' '.join(str(value).split())}" for tag, value in tags if value not in ("", None)]
    return "\n".join([*lines, "ER  - "]) + "\n"
