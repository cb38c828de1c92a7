// Arrays by name ↔ the bytes of one file, as explorer/export/site/pack.py writes them.
// It refuses to know what the arrays mean. Always true: little endian; every array begins at a multiple of eight bytes.

const KINDS = { u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, u4: Uint32Array, i4: Int32Array, f4: Float32Array };

// name → typed array, or what JSON said for a value of kind "json".
export function unpack(bytes) {
  const whole = bytes.byteOffset % 8 ? bytes.slice() : bytes, { buffer, byteOffset } = whole;
  const size = new DataView(buffer, byteOffset).getUint32(0, true);
  const text = (start, length) => new TextDecoder().decode(whole.subarray(start, start + length));
  const made = {};
  for (const { name, kind, start, length } of JSON.parse(text(4, size))) {
    made[name] = kind === "json" ? JSON.parse(text(start, length)) : new KINDS[kind](buffer, byteOffset + start, length);
  }
  return made;
}
