// What the user changed about marks and the server has not yet confirmed, laid over what the server says.
// It refuses to know elements. Always true: a change shows at once; it is sent until a run says it was carried out, as
// Streamlit may drop an event that another one follows closely; numbers of messages only grow.

const PATIENCE = 2500, TRIES = 6; // ms until a message counts as lost, and how often it is sent anew
const LATER = 4000; // ms until what can wait is sent by itself

export class Ledger {
  constructor() { Object.assign(this, { number: Date.now(), waiting: new Map(), send: null, timer: 0 }); }

  // Notes a change { id, kind, name, on } or { id, kind: "note", text } and sends all that wait.
  change(change) {
    this.waiting.set([change.id, change.kind, change.name].join("\n"), change);
    this.tell({}, 0);
  }

  // Notes a change that can wait, so that opening card after card does not start run after run: it goes with the next
  // message, or alone when there is none for a while.
  later(change) {
    this.waiting.set([change.id, change.kind, change.name].join("\n"), { ...change, number: Infinity });
    clearTimeout(this.lull);
    this.lull = setTimeout(() => [...this.waiting.values()].some((one) => one.number === Infinity) && this.tell({}, 0), LATER);
  }

  // A message about marks that is no change of one paper: { gather: name } or { undo: true }.
  tell(message, tries = TRIES) {
    const changes = [...this.waiting.values()];
    this.number += 1;
    for (const change of changes) change.number = this.number;
    this.send("mark", { number: this.number, changes, ...message });
    clearTimeout(this.timer);
    if (tries < TRIES) this.timer = setTimeout(() => this.waiting.size && this.tell({}, tries + 1), PATIENCE);
    return this.number;
  }

  // Takes note of the number of the last message that was carried out.
  confirm(done) {
    for (const [key, change] of this.waiting) if (change.number <= done) this.waiting.delete(key);
    if (!this.waiting.size) clearTimeout(this.timer);
  }

  // Collections or tags of a paper as the user sees them; `kind` is collection or tag.
  names(paper, kind) {
    const names = new Set(kind === "tag" ? paper.tags : paper.collections);
    for (const change of this.waiting.values()) {
      if (change.id === paper.id && change.kind === kind) names[change.on ? "add" : "delete"](change.name);
    }
    return names;
  }

  note(paper) { return this.waiting.get([paper.id, "note", ""].join("\n"))?.text ?? paper.note; }

  saving(paper) { return this.waiting.has([paper.id, "note", ""].join("\n")); }
}
