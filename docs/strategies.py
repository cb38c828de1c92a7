"""Prints docs/strategies.md: the strategies of tests/data/strategies.jsonl, and how each is read.

python docs/strategies.py > docs/strategies.md
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

HEAD = """# Strategies of other services

Strategies in the style of published reviews, and how the [box](search.md) reads each: typed, then the
conditions with all their brackets, then what was read otherwise than it may look. Made by `docs/strategies.py`.
"""


def main() -> None:
    """Print the page."""
    print(HEAD)
    service = ""
    file = Path(__file__).parents[1] / "tests" / "data" / "strategies.jsonl"
    for line in file.read_text(encoding="utf-8").splitlines():
        each = json.loads(line)
        if each["service"] != service:
            service = each["service"]
            print(f"## {service}\n")
        print(f"```text\n{each['typed']}\n→ {each['read']}")
        print("".join(f"  {remark}\n" for remark in each["remarks"]) + "```\n")


if __name__ == "__main__":
    main()
