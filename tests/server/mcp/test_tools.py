"""The tools of an agent, called by the SDK's own client."""

import json

import pytest

from explorer.export.shapes import of_answer
from explorer.search.question import Question
from explorer.server.mcp.answers import LEAST, tokens_of, written

READING = {"search", "similar", "explain", "missing", "paper", "topics", "region", "authors", "libraries"}


def test_only_reading_tools_are_there_unless_writing_was_allowed(agent, writer):
    tools = agent.tools()
    assert tools.keys() == READING and all(tool.annotations.read_only_hint for tool in tools.values())
    assert "no tool mark; there are" in agent("mark", papers=["No-Press"], tag="x")
    more = writer.tools().keys() - READING
    assert more == {"mark", "note", "save_search"}
    assert not any(writer.tools()[name].annotations.read_only_hint for name in more)


def test_every_argument_is_explained(writer):
    for tool in writer.tools().values():
        assert len(tool.description) > 40
        for name, argument in tool.input_schema["properties"].items():
            assert len(argument.get("description", "")) > 10, f"{tool.name}: {name}"


def test_search_answers_as_the_library_does(agent, opened):
    answer = agent("search", query="playing Minecraft from videos", limit=5)
    expected = of_answer(opened.ask(Question("playing Minecraft from videos"), 5))
    assert [entry["id"] for entry in answer["results"]] == [entry["id"] for entry in expected["results"]]
    assert answer["verdict"] == expected["verdict"] and answer["total"] == 12 and answer["next_offset"] == 5
    assert answer["scope"] == {"library": "seeds", "papers": 12, "model": opened.encoder.stored[0]}


def test_pages_follow_each_other_and_end(agent):
    ids, offset = [], 0
    while offset is not None:
        page = agent("search", query="games", limit=5, offset=offset)
        ids += [entry["id"] for entry in page["results"]]
        offset = page["next_offset"]
    assert len(ids) == len(set(ids)) == 12


def test_ids_that_a_tool_gave_are_taken_by_the_rest(agent):
    best = agent("search", query="playing Minecraft from videos", limit=2)["results"]
    one, two = (entry["id"] for entry in best)
    near = agent("similar", papers=[one], unlike=[two], limit=3)
    assert one not in [entry["id"] for entry in near["results"]]
    explained = agent("explain", paper=one, second=two)
    assert (explained["other"]["id"], explained["one"]["id"]) == (one, two) and explained["pairs"]
    asked = agent("explain", paper=one, text="learning from unlabelled videos")
    assert asked["one"] == {"question": "learning from unlabelled videos"}
    (paper,) = agent("paper", papers=[one], budget=20_000)["results"]
    assert paper["abstract"] and paper["title"] == best[0]["title"]
    assert json.loads(agent.read(f"paper://{one}"))["results"] == [paper]
    missing = agent("missing", draft="Agents that learn to play Minecraft from videos.", cited=[one])
    assert one not in [entry["id"] for entry in missing["suggestions"]] and missing["cited"]["here"]


def test_topics_regions_and_authors(agent):
    topics = agent("topics")
    label = topics["topics"][0]["label"]
    region = agent("region", name=label)
    assert region["papers"] == topics["topics"][0]["papers"] and region["library"] == 12
    inside = agent("search", query="games", topic=label)
    assert inside["total"] == region["papers"]
    finer = agent("topics", level=topics["levels"] - 1)["topics"]
    assert sum(topic["papers"] for topic in finer) == 12
    name = agent("search", query="games", limit=1)["results"][0]["authors"][0]
    assert name in [form["name"] for form in agent("authors", name=name)["names"]]
    (held,) = agent("libraries")["libraries"]
    assert held["scope"]["papers"] == 12 and len(held["topics"]) == topics["levels"]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("search", {}, "query: field required"),
        ("search", {"query": " "}, "query is empty"),
        ("search", {"query": "x", "limit": 100_000}, "limit=100000: a page has 1 to 100"),
        ("search", {"query": "x", "limit": 10**30}, "a page has 1 to 100"),
        ("search", {"query": "x", "offset": -1}, "offset=-1"),
        ("search", {"query": "x", "offset": 990, "limit": 100}, "best 1,000 papers"),
        ("search", {"query": "x", "limit": "many"}, "limit=many: input should be a valid integer"),
        ("search", {"query": "x", "budget": 5}, "budget=5 is no number of tokens from 300"),
        ("search", {"query": "x", "order": "up"}, "there are best, spread"),
        ("search", {"query": "x", "topic": "alchemy"}, "no topic is called 'alchemy'"),
        ("search", {"query": "a AND (b"}, "a bracket is opened and not closed"),
        ("search", {"question": "x"}, "search takes no question; it takes query, year_from"),
        ("similar", {"papers": ["nothing like it"]}, "no paper with id, DOI or title 'nothing like it'"),
        ("similar", {"papers": []}, "paper"),
        ("explain", {"paper": "No-Press"}, "either second, a paper, or text"),
        ("paper", {"papers": []}, "papers is empty"),
        ("missing", {"draft": ""}, "draft is empty"),
        ("topics", {"level": 9}, "level=9 is no level of topics; there are 0 to"),
        ("region", {"name": ""}, "name is empty"),
        ("authors", {"name": ""}, "name is empty"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_the_value_and_the_next_step(agent, tool, arguments, words):
    answer = agent(tool, **arguments)
    assert isinstance(answer, str) and words in answer
    assert "Traceback" not in answer and "Error executing" not in answer


def test_a_resource_that_is_not_there_says_so(agent):
    assert "no paper with id, DOI or title" in agent.read("paper://nothing-like-it")


def test_answers_keep_to_their_budget(agent):
    ids = [entry["id"] for entry in agent("search", query="games", limit=12)["results"]]
    label = agent("topics")["topics"][0]["label"]
    calls = [
        ("search", {"query": "games", "limit": 12, "abstracts": True}), ("paper", {"papers": ids}),
        ("similar", {"papers": ids[:1], "abstracts": True}), ("explain", {"paper": ids[0], "second": ids[1]}),
        ("region", {"name": label}), ("topics", {"level": 0}), ("authors", {"name": "Brown"}),
    ]  # fmt: skip
    for budget in (LEAST, 1000, 4000):
        answers = agent.all(*((name, {**arguments, "budget": budget}) for name, arguments in calls))
        assert [tokens_of(written(answer)) <= budget for answer in answers] == [True] * len(calls)


def test_a_writer_marks_notes_and_saves(writer, opened):
    one, two = (entry["id"] for entry in writer("search", query="games", limit=2)["results"])
    assert writer("mark", papers=[one, two], collection="to read")["done"] == "added"
    assert writer("mark", papers=[two], collection="to read", remove=True)["done"] == "removed"
    assert writer("mark", papers=[one], tag="method")["done"] == "added"
    assert writer("note", paper=one, text="first")["note_before"] == ""
    assert writer("note", paper=one, text="second")["note_before"] == "first"
    (marks,) = opened.marks.of([one])
    assert (marks.collections, marks.tags, marks.note) == (("to read",), ("method",), "second")
    (paper,) = writer("paper", papers=[one])["results"]
    assert (paper["in"], paper["tags"], paper["note"]) == (["to read"], ["method"], "second")
    assert writer("search", query="games", collection="to read")["total"] == 1
    assert writer("save_search", name="play", query="games")["saved"] == "play"
    assert "play" in opened.saved.names()
    assert "give either collection or tag" in writer("mark", papers=[one])
    assert "papers is empty" in writer("mark", papers=[], tag="x")
