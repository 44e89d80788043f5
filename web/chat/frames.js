/** Frames that are too large for the line: cut into chunks, and put together again. No DOM here. */

/** Characters of a chunk's data: of at most three bytes each, they and the rest of the frame stay under 32 kB. */
const PIECE = 10_000;
/** Frames that may come in parts at a time; of more, those that began first will never be whole. */
const MOST = 16;

/** What is sent for a frame on a line that takes `limit` bytes at once; 0 for any number. */
export function cut(frame, limit) {
  const text = JSON.stringify(frame);
  if (!limit || new TextEncoder().encode(text).length <= limit) return [text];
  const pieces = [];
  for (let start = 0; start < text.length; ) {
    const end = wholeUntil(text, start + PIECE);
    pieces.push(text.slice(start, end));
    start = end;
  }
  const name = newName();
  return pieces.map((data, index) =>
    JSON.stringify({ type: "chunk", frame: name, index, total: pieces.length, data }),
  );
}

/** Puts frames together again. */
export class Joiner {
  #parts = new Map();

  /** The frame that a chunk has made whole; null before. */
  add({ frame, index, total, data }) {
    const parts = this.#parts.get(frame) ?? new Map();
    this.#parts.set(frame, parts.set(index, data));
    if (this.#parts.size > MOST) this.#parts.delete(this.#parts.keys().next().value);
    if (parts.size < total) return null;
    this.#parts.delete(frame);
    return JSON.parse(Array.from({ length: total }, (_, place) => parts.get(place)).join(""));
  }
}

/** The end of a piece that parts no character of two units. */
function wholeUntil(text, end) {
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}

function newName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
