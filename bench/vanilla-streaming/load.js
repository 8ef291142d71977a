// The same page, reading the reply as it arrives: the ends of elements are found in the bytes, whole elements are parsed in
// slices, and the browser gets its turn between them. Served with the files of ../vanilla beneath it.
import { ask, start } from './page.js';

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [...'"\\{}[]'].map((sign) => sign.charCodeAt(0));
/** Bytes parsed at once: some 2 ms. */
const SLICE = 128 * 1024;
/** How long the page is kept waiting, and how often what has arrived is shown. */
const BUSY_MS = 8;
const SHOW_EVERY_MS = 120;
/** An element of the list stands in the object and in its list. */
const DEPTH = 2;

/** A turn for everything that waits, without waiting for a frame. */
function pause() {
  return new Promise((resolve) => {
    channel.port1.onmessage = resolve;
    channel.port2.postMessage(0);
  });
}
const channel = new MessageChannel();

/** Finds where elements of the list end, across any cut of the bytes. */
function splitter() {
  let depth = 0;
  let inText = false;
  let escaped = false;
  /** Gives the end of the last whole element below `until`, and where the list itself began; -1 for neither. */
  function scan(bytes, from, until) {
    let end = -1;
    let begins = -1;
    for (let i = from; i < until; i += 1) {
      const sign = bytes[i];
      if (inText) {
        if (escaped) escaped = false;
        else if (sign === BACKSLASH) escaped = true;
        else if (sign === QUOTE) inText = false;
      } else if (sign === QUOTE) inText = true;
      else if (sign === OPEN_BRACE || sign === OPEN_BRACKET) {
        depth += 1;
        if (depth === DEPTH && sign === OPEN_BRACKET) begins = i + 1;
      } else if (sign === CLOSE_BRACE || sign === CLOSE_BRACKET) {
        depth -= 1;
        if (depth === DEPTH) end = i + 1;
      }
    }
    return { end, begins };
  }
  return { scan, isWhole: () => depth === 0 };
}

start(async (arrived) => {
  const reader = (await ask('/list?get_members=true')).body.getReader();
  const decoder = new TextDecoder();
  const { scan, isWhole } = splitter();
  // What is not parsed yet: it begins with an element, or with a comma before one.
  let rest = new Uint8Array(0);
  let scanned = 0;
  let begun = false;
  let waiting = [];
  let shownAt = -Infinity;
  let busySince = performance.now();

  function show() {
    if (waiting.length > 0) arrived(waiting);
    waiting = [];
    shownAt = performance.now();
  }

  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    let bytes = value;
    if (rest.length > 0) {
      bytes = new Uint8Array(rest.length + value.length);
      bytes.set(rest);
      bytes.set(value, rest.length);
    }
    let start = 0;
    while (scanned < bytes.length) {
      const until = Math.min(bytes.length, scanned + SLICE);
      const { end, begins } = scan(bytes, scanned, until);
      scanned = until;
      if (begins >= 0 && !begun) {
        begun = true;
        start = begins;
      }
      if (end > start) {
        const from = bytes[start] === 0x2c ? start + 1 : start;
        for (const group of JSON.parse(`[${decoder.decode(bytes.subarray(from, end))}]`)) waiting.push(group);
        start = end;
      }
      const now = performance.now();
      if (now - shownAt > SHOW_EVERY_MS) show();
      if (now - busySince > BUSY_MS) {
        await pause();
        busySince = performance.now();
      }
    }
    rest = bytes.slice(start);
    scanned -= start;
  }
  if (!begun || !isWhole()) throw new Error('the list broke off');
  show();
});
