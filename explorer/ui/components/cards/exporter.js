// "Export ▾": the papers of the list as a file, or as references in the clipboard.
// Refuses to know what a file holds: the server writes all of them. Always true: what is exported is the whole list that
// the heading counts, in its order, and not only the cards that are drawn; a failure is a sentence at the foot.

import { button, fold, make } from "./dom.js";

const FORMATS = [["bib", "BibTeX"], ["ris", "RIS"], ["csv", "CSV"], ["jsonl", "JSONL"]];

export function exporter({ exports, heading }, desk) {
  const names = make("div", "names"), words = exports.count === 1 ? "this paper" : `these ${exports.count.toLocaleString()}`;
  const act = (name, ending, take, done) => button("chip", name, async () => {
    desk.say(`Writing ${words} …`);
    desk.draw();
    try {
      await take(await fetched(`${exports.path}.${ending}`));
      desk.say(done);
    } catch (error) {
      desk.say(`Nothing was exported: ${error.message}`);
    }
    desk.draw();
  }, `export ${name}`);
  for (const [ending, name] of FORMATS) {
    names.append(act(name, ending, async (answer) => save(await answer.blob(), `${slug(heading)}.${ending}`),
      `Exported as ${name}`));
  }
  names.append(act("Copy as list", "txt", async (answer) => navigator.clipboard.writeText((await answer.text()).trim()),
    "Copied as a list of references"));
  const box = fold("gather export", "export", "Export", desk.open, names);
  box.firstChild.title = `Take ${words} away as a file, or copy them`;
  return box;
}

async function fetched(path) {
  const answer = await fetch(new URL(path, document.baseURI).href);
  if (answer.ok) return answer;
  const { error } = await answer.json().catch(() => ({}));
  throw new Error(error ?? `the server answered ${answer.status}`);
}

function save(blob, name) {
  const address = URL.createObjectURL(blob), made = Object.assign(document.createElement("a"), { href: address, download: name });
  made.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// The heading as a file's name.
function slug(heading) {
  return heading.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60).toLowerCase() || "papers";
}
