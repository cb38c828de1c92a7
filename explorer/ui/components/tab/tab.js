// The name of a tab: the server knows by it what the tab worked on before a reload.
// It refuses to know what that is. Always true: the name stands in no address, cookie or storage that another tab reads;
// a tab that was duplicated gets a name of its own, as the first holds the lock on the old one for as long as it lives;
// where the browser has no locks (a page without https on another machine), there is no name, and nothing comes back.

const KEY = "explorer tab";
const PATIENCE = 400; // ms: a page that is left lets go of its lock a little after the next one begins
let coming = null;

export async function mount({ setStateValue }) {
  coming ??= own(sessionStorage, navigator.locks);
  const name = await coming;
  if (name) setStateValue("name", name);
}

async function own(storage, locks) {
  if (!locks) return "";
  const before = storage.getItem(KEY);
  if (before && (await taken(locks, before))) return before;
  const name = crypto.randomUUID();
  storage.setItem(KEY, name);
  await taken(locks, name);
  return name;
}

// Whether this page has the lock on a name now, which it keeps.
function taken(locks, name) {
  return new Promise((done) => {
    const keep = () => { done(true); return new Promise(() => {}); };
    locks.request(`${KEY} ${name}`, { signal: AbortSignal.timeout(PATIENCE) }, keep).catch(() => done(false));
  });
}
