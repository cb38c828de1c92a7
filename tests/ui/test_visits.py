"""What a browser remembers of visits: new is what came since the last, in a tab the same; of a first, nothing."""

from support.node import NEEDED, evaluated

pytestmark = NEEDED

ARRIVALS = "../../../ui/components/cards/arrivals.js"
THREE = [
    {"when": "2026-11-20T10:00:00+00:00", "papers": 4, "row": 30},
    {"when": "2026-11-10T10:00:00+00:00", "papers": 5, "row": 25},
    {"when": "2026-11-01T10:00:00+00:00", "papers": 25, "row": 0},
]


def test_new_is_what_came_since_the_last_visit_of_this_browser(tmp_path):
    expression = """{
      const shelf = () => { const kept = new Map(); return { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) }; };
      const told = [], local = shelf();
      Object.assign(globalThis, { CustomEvent: class { constructor(type, { detail }) { Object.assign(this, { type, detail }); } },
        window: { dispatchEvent: ({ detail }) => told.push(detail) }, localStorage: local });
      const tab = () => { globalThis.sessionStorage = shelf(); return new Arrivals(); };
      const read = (arrivals, list, now) => { arrivals.take({ arrivals: list }, now); return [arrivals.fresh.length, arrivals.holds(25), arrivals.holds(24)]; };
      const first = tab(), made = [read(first, three.slice(2), "2026-11-05T00:00:00Z")];
      const second = tab();
      made.push(read(second, three, "2026-11-21T00:00:00Z"), read(second, three, "2026-11-21T01:00:00Z"));
      made.push(read(tab(), three, "2026-11-22T00:00:00Z"));
      globalThis.localStorage = { getItem() { throw new Error("off"); } };
      made.push(read(tab(), three, "2026-11-23T00:00:00Z"));
      first.tell();
      return { made, told };
    }"""  # noqa: E501
    given = evaluated({ARRIVALS: "Arrivals"}, expression, tmp_path, three=THREE)
    nothing = [0, False, False]
    assert given["made"] == [nothing, [2, True, False], [2, True, False], nothing, nothing]
    assert given["told"][1] == {"row": 25, "words": "new since your last visit (9)"}
    assert given["told"][0] is given["told"][-1] is None
