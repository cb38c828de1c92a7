"""What waits to be confirmed by the server: the script imported alone in Chromium."""

from __future__ import annotations

from support.browser import NEEDED
from support.pages import run

pytestmark = NEEDED

LEDGER = """({ Ledger }) => {
    const sent = [], ledger = new Ledger(), paper = { id: "p", tags: ["old"], collections: [], note: "before" };
    const copy = (message) => ({ ...message, changes: message.changes.map((change) => ({ ...change })) });
    ledger.send = (kind, message) => sent.push(copy(message));
    return (%s)(ledger, sent, paper);
}"""
TAG = '{ id: "p", kind: "tag", name: "new", on: true }'


def test_a_change_shows_at_once_and_is_gone_when_it_is_confirmed(blank):
    shown, waiting, after = run(
        blank,
        "cards/ledger.js",
        LEDGER
        % f"""(ledger, sent, paper) => {{
            ledger.change({TAG});
            ledger.change({{ id: "p", kind: "tag", name: "old", on: false }});
            ledger.change({{ id: "p", kind: "note", name: "", text: "mine" }});
            const shown = [[...ledger.names(paper, "tag")], ledger.note(paper), ledger.saving(paper)];
            ledger.confirm(sent[0].number);
            const waiting = ledger.waiting.size;
            ledger.confirm(sent.at(-1).number);
            return [shown, waiting, [[...ledger.names(paper, "tag")], ledger.note(paper), ledger.saving(paper)]];
        }}""",
    )
    assert shown == [["new"], "mine", True]
    assert waiting == 3  # each message carries all that wait, so the first one's number confirms none of them
    assert after == [["old"], "before", False]


def test_numbers_of_messages_grow_and_each_carries_all_that_waits(blank):
    sent = run(
        blank,
        "cards/ledger.js",
        LEDGER
        % f"""(ledger, sent) => {{
            ledger.change({TAG});
            ledger.change({{ id: "q", kind: "collection", name: "liked", on: true }});
            ledger.tell({{ undo: true }});
            ledger.confirm(sent.at(-1).number);
            return sent;
        }}""",
    )
    numbers = [message["number"] for message in sent]
    assert numbers == sorted(set(numbers))
    assert [len(message["changes"]) for message in sent] == [1, 2, 2]
    assert sent[2]["undo"] is True


def test_a_message_that_is_lost_is_sent_anew_until_it_is_confirmed(timeless):
    timeless.evaluate(
        f"""async () => {{
            const {{ Ledger }} = await import("/cards/ledger.js");
            Object.assign(window, {{ ledger: new Ledger(), sent: [] }});
            ledger.send = (kind, message) => sent.push(message.number);
            ledger.change({TAG});
        }}"""
    )
    timeless.clock.run_for(2400)
    assert timeless.evaluate("sent.length") == 1
    timeless.clock.run_for(200)
    assert timeless.evaluate("sent.length") == 2
    timeless.evaluate("ledger.confirm(sent.at(-1))")
    timeless.clock.run_for(60_000)
    assert timeless.evaluate("sent.length") == 2
    timeless.evaluate(f"ledger.change({TAG})")
    timeless.clock.run_for(600_000)
    assert timeless.evaluate("sent.length") == 2 + 1 + 6  # it gives up after six tries


def test_what_can_wait_goes_with_the_next_message_or_alone_after_a_lull(timeless):
    timeless.evaluate(
        """async () => {
            const { Ledger } = await import("/cards/ledger.js");
            Object.assign(window, { ledger: new Ledger(), sent: [] });
            ledger.send = (kind, message) => sent.push(message.changes.length);
            ledger.later({ id: "p", kind: "seen", name: "", on: true });
            ledger.later({ id: "q", kind: "seen", name: "", on: true });
        }"""
    )
    assert timeless.evaluate("sent") == []
    timeless.clock.run_for(4100)
    assert timeless.evaluate("sent") == [2]
