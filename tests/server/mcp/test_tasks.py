"""Twenty tasks as an agent does them: each a question of its user, the calls, and what the answer must say."""

import pytest


def _ids(answer, name="results"):
    return [entry["id"] for entry in answer[name]]


def _best(agent, text):
    return agent("search", query=text, limit=1)["results"][0]["id"]


def find_by_meaning(agent):
    """Which paper is about agents that learn from watching players?"""
    assert (
        "video"
        in agent("search", query="learning to act by watching players", abstracts=True)["results"][0]["abstract"]
    )


def know_that_nothing_is_close(agent):
    """Is there anything on sourdough baking?"""
    assert agent("search", query="sourdough hydration and baking temperature")["verdict"]["level"] == "nothing"


def only_recent(agent):
    """What is there since 2022?"""
    years = [entry["year"] for entry in agent("search", query="games", limit=12)["results"]]
    recent = agent("search", query="games", year_from=2022, limit=12)["results"]
    assert len(recent) == sum(1 for year in years if year and year >= 2022)  # none: the seeds say no year
    assert agent("libraries")["libraries"][0]["years"] is None


def only_old(agent):
    """And before 2020?"""
    assert all(entry["year"] <= 2019 for entry in agent("search", query="games", year_to=2019, limit=12)["results"])


def exact_phrase(agent):
    """Which papers hold the words "human feedback"?"""
    answer = agent("search", query='"human feedback"', abstracts=True, limit=12)
    assert answer["read_as"] and answer["total"] == len(answer["results"])


def leave_out(agent):
    """Games, but not Hanabi."""
    every, without = (agent("search", query=query, limit=12) for query in ("games", "games -hanabi"))
    assert without["total"] < every["total"]


def by_an_author(agent):
    """What has this author written here?"""
    name = agent("search", query="games", limit=1)["results"][0]["authors"][0]
    answer = agent("search", query="anything", author=name, limit=12)
    assert answer["total"] == sum(form["papers"] for form in agent("authors", name=name)["names"][:1])


def read_a_paper(agent):
    """Show me the abstract."""
    (paper,) = agent("paper", papers=[_best(agent, "Diplomacy without press")])["results"]
    assert len(paper["abstract"]) > 200


def read_by_title(agent):
    """What does the paper No-Press Diplomacy say?"""
    assert "Diplomacy" in agent("paper", papers=["No-Press"])["results"][0]["title"]


def more_like_this(agent):
    """More like that."""
    start = _best(agent, "Diplomacy without press")
    (best,) = agent("similar", papers=[start], limit=1, abstracts=True)["results"]
    assert best["id"] != start and "iplomacy" in best["abstract"]


def like_these_unlike_that(agent):
    """Like these two, but not like the third."""
    one, two, three = _ids(agent("search", query="games", limit=3))
    assert not {one, two, three} & set(_ids(agent("similar", papers=[one, two], unlike=[three], limit=9)))


def why_are_they_close(agent):
    """Why are these two close?"""
    one, two = _ids(agent("search", query="Diplomacy", limit=2))
    assert agent("explain", paper=one, second=two)["pairs"][0]["similarity"] > 0


def why_this_result(agent):
    """Why is this a result of my question?"""
    text = "playing Minecraft from videos"
    assert agent("explain", paper=_best(agent, text), text=text)["one"] == {"question": text}


def missing_citations(agent):
    """What should my draft cite?"""
    draft = "We train agents for Diplomacy by planning. We compare with humans who play Hanabi."
    assert len({entry["passage"] for entry in agent("missing", draft=draft)["suggestions"]}) >= 1


def overview(agent):
    """What is this library about?"""
    (facts,) = agent("libraries")["libraries"]
    assert facts["scope"]["papers"] == sum(topic["papers"] for topic in agent("topics")["topics"])


def drill_down(agent):
    """What are the parts of its largest topic?"""
    top = agent("topics")
    below = agent("topics", level=1)["topics"] if top["levels"] > 1 else []
    assert all(topic["part_of"] in [each["label"] for each in top["topics"]] for topic in below)


def portrait_of_a_topic(agent):
    """Who works on that topic, and since when?"""
    region = agent("region", name=agent("topics")["topics"][0]["label"])
    assert region["authors"] and region["typical"]


def page_through_all(agent):
    """List everything."""
    ids, offset = [], 0
    while offset is not None:
        page = agent("search", query="the", limit=5, offset=offset)
        ids, offset = ids + _ids(page), page["next_offset"]
    assert len(set(ids)) == 12


def recover_from_a_misspelling(agent):
    """Find papers on diplomcy."""
    answer = agent("search", query="Diplomcy planing")
    again = agent("search", query=answer.get("did_you_mean") or "Diplomacy planning")
    assert "iplomacy" in again["results"][0]["title"]


def recover_from_an_unknown_paper(agent):
    """Papers like 'A paper that is not here'."""
    assert "explorer search" in agent("similar", papers=["A paper that is not here"])  # the tool of that name is next
    assert agent("search", query="A paper that is not here")["results"]


TASKS = [task for name, task in list(globals().items()) if callable(task) and not name.startswith("_") and task.__doc__]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.__name__)
def test_a_task_is_done(agent, task):
    task(agent)


def test_there_are_twenty():
    assert len(TASKS) == 20
