// What only the browser and the system know of a page: its longest task, its memory.
import { readFileSync } from 'node:fs';

/** The marks that the probe leaves in a trace. */
const BEGIN = 'bench: begin';
const COMPLETE = 'bench: complete';

const CATEGORIES = ['disabled-by-default-devtools.timeline', 'blink.user_timing'];

/**
 * Traces while `steps` runs and tells the process of the page and, in ms, the longest task of its main thread between its
 * beginning and the complete list. The Long Tasks API is no help: it does not see the task in which `response.json()` parses.
 */
export async function traced(browser, steps) {
  await browser.startTracing(undefined, { categories: CATEGORIES });
  let buffer;
  try {
    await steps();
  } finally {
    buffer = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(buffer.toString());
  const find = (name) => traceEvents.findLast((event) => event.name === name && event.cat.includes('blink.user_timing'));
  const [begin, complete] = [find(BEGIN), find(COMPLETE)];
  if (!begin || !complete || begin.pid !== complete.pid) throw new Error('the trace does not show the page');
  let longest = 0;
  let tasks = 0;
  for (const { name, ph, pid, tid, ts, dur } of traceEvents) {
    if (name !== 'RunTask' || ph !== 'X' || pid !== complete.pid || tid !== complete.tid) continue;
    if (ts + dur < begin.ts || ts > complete.ts) continue;
    tasks += 1;
    longest = Math.max(longest, dur / 1000);
  }
  if (tasks === 0) throw new Error('the trace names no task of the page');
  return { longest, process: complete.pid };
}

const MB = 1024 * 1024;

/** After a forced collection, in MiB: the JavaScript heap, WebAssembly's memory, and the process's anonymous memory. */
export async function memory(page, session, process) {
  // The second collection takes what the first one's finalizers let go.
  for (let i = 0; i < 2; i += 1) {
    await session.send('HeapProfiler.collectGarbage');
    await page.evaluate(() => bench.settled());
  }
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const heap = usedSize / MB;
  const wasm = (await page.evaluate(() => bench.wasmBytes())) / MB;
  return { heap, wasm, together: heap + wasm, anonymous: anonymous(process) };
}

/** The anonymous memory of a process, in MiB; only Linux tells it. */
function anonymous(process) {
  let text;
  try {
    text = readFileSync(`/proc/${process}/smaps_rollup`, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  const kilobytes = /^Anonymous: +(\d+) kB$/m.exec(text);
  if (!kilobytes) throw new Error('smaps_rollup names no anonymous memory');
  return Number(kilobytes[1]) / 1024;
}
