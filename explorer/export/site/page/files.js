// The files of the page's data: from a disk, where only scripts may be loaded, or from a host.
// It refuses to know what they hold. Always true: each is loaded once; a byte is the lowest eight bits of a letter, as
// x-user-defined has it; a host may serve scripts in any encoding, so there the bytes themselves are fetched.

const ESCAPED = { 0x6e: 0x0a, 0x72: 0x0d }, SLASH = 0x5c, QUOTE = 0x27;
const coming = new Map(); // name → what waits for it

// The bytes of a letter each.
export function inBytes(text) {
  const made = new Uint8Array(text.length);
  for (let i = 0; i < made.length; i++) made[i] = text.charCodeAt(i);
  return made;
}

// The bytes that a script, given by its own, would hand over.
export function inScript(bytes) {
  let at = bytes.indexOf(QUOTE) + 1, size = 0;
  const made = new Uint8Array(bytes.length);
  for (; bytes[at] !== QUOTE; at++) {
    if (bytes[at] !== SLASH) made[size++] = bytes[at];
    else { at++; made[size++] = ESCAPED[bytes[at]] ?? bytes[at]; }
  }
  return made.subarray(0, size);
}

export async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Called by the scripts of the data.
export function take(name, text) { coming.get(name)?.(inBytes(text)); }

// The bytes of a file, not yet inflated.
export async function bytesOf(name) {
  const path = `data/${name}.js`;
  if (location.protocol !== "file:") {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return inScript(new Uint8Array(await answer.arrayBuffer()));
  }
  return new Promise((done, fail) => {
    coming.set(name, done);
    const script = Object.assign(document.createElement("script"), { src: path, charset: "x-user-defined" });
    script.addEventListener("error", () => fail(new Error(`${path} could not be loaded; it belongs beside this page`)));
    script.addEventListener("load", () => script.remove());
    document.head.append(script);
  });
}
