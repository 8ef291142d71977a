// What is told of a run's samples: each measure's figures for one contestant at one size.

const sorted = (values) => values.toSorted((a, b) => a - b);

/** The value below which this share of the values lies (nearest rank). */
export function quantile(values, share) {
  const all = sorted(values);
  return all[Math.max(0, Math.ceil(share * all.length) - 1)];
}

export function median(values) {
  const all = sorted(values);
  const half = all.length >> 1;
  return all.length % 2 ? all[half] : (all[half - 1] + all[half]) / 2;
}

/** One figure a run: the median of the runs, and from which to which they went. */
const perRun = (of) => (samples) => {
  const values = samples.map(of).filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  return { value: median(values), from: Math.min(...values), to: Math.max(...values) };
};

/** Many figures a run: a quantile of all of them together, and from which to which it went from run to run. */
const pooled = (of, share) => (samples) => {
  const lists = samples.map(of).filter((list) => list?.length > 0);
  if (lists.length === 0) return undefined;
  const each = lists.map((list) => quantile(list, share));
  return { value: quantile(lists.flat(), share), from: Math.min(...each), to: Math.max(...each) };
};

const shareOver = (of, limit) => (samples) => {
  const lists = samples.map(of).filter((list) => list?.length > 0);
  if (lists.length === 0) return undefined;
  const share = (list) => (100 * list.filter((value) => value > limit).length) / list.length;
  const each = lists.map(share);
  return { value: share(lists.flat()), from: Math.min(...each), to: Math.max(...each) };
};

/** A frame that took longer than this was late. */
export const LATE_MS = 20;

const SORTED = ['Display name', 'Internal name', 'Description', 'People', 'Admins'];

/**
 * Each measure: where it belongs, its name and unit, how it is read from the samples of one contestant at one size.
 * `judged`: Muster has to be ahead of react-admin in it. `slowed`: of the runs with a slowed processor.
 */
export const MEASURES = [
  { key: 'bytes', name: 'first load, brotli', unit: 'kB', judged: true, of: perRun((s) => s.loading.bytes / 1000) },
  { key: 'later', name: 'fetched later, brotli', unit: 'kB', of: perRun((s) => s.later / 1000) },
  { key: 'requests', name: 'first load, requests', unit: '', of: perRun((s) => s.loading.requests) },
  { key: 'first', name: 'first row painted', unit: 'ms', judged: true, of: perRun((s) => s.loading.firstRowPainted) },
  { key: 'complete', name: 'complete list painted', unit: 'ms', judged: true, of: perRun((s) => s.loading.completePainted) },
  { key: 'longest', name: 'longest task while loading', unit: 'ms', judged: true, of: perRun((s) => s.loading.longest) },
  { key: 'first-slow', name: 'slowed: first row painted', unit: 'ms', judged: true, slowed: true, of: perRun((s) => s.loading.firstRowPainted) },
  { key: 'complete-slow', name: 'slowed: complete list painted', unit: 'ms', judged: true, slowed: true, of: perRun((s) => s.loading.completePainted) },
  { key: 'longest-slow', name: 'slowed: longest task while loading', unit: 'ms', judged: true, slowed: true, of: perRun((s) => s.loading.longest) },
  { key: 'key-dom', name: 'search: key to changed rows, median', unit: 'ms', judged: true, of: pooled((s) => s.search?.dom, 0.5) },
  { key: 'key-dom-95', name: 'search: key to changed rows, p95', unit: 'ms', judged: true, of: pooled((s) => s.search?.dom, 0.95) },
  { key: 'key-paint', name: 'search: key to paint, median', unit: 'ms', judged: true, of: pooled((s) => s.search?.paint, 0.5) },
  { key: 'key-paint-95', name: 'search: key to paint, p95', unit: 'ms', judged: true, of: pooled((s) => s.search?.paint, 0.95) },
  { key: 'key-last-95', name: 'search: key to the last change (rows out of sight, how many), p95', unit: 'ms', judged: true, of: pooled((s) => s.search?.last, 0.95) },
  ...SORTED.map((column) => ({
    key: `sort-${column}`, name: `sort by ${column}, painted`, unit: 'ms', judged: true, sort: column, of: perRun((s) => s.sort?.[column].paint),
  })),
  { key: 'frame', name: 'scroll: frame to frame, median', unit: 'ms', of: pooled((s) => s.scroll?.deltas, 0.5) },
  { key: 'frame-95', name: 'scroll: frame to frame, p95', unit: 'ms', of: pooled((s) => s.scroll?.deltas, 0.95) },
  { key: 'late', name: `scroll: frames over ${LATE_MS} ms`, unit: '%', of: shareOver((s) => s.scroll?.deltas, LATE_MS) },
  { key: 'work-95', name: 'scroll: frame’s work until painted, p95', unit: 'ms', of: pooled((s) => s.scroll?.work, 0.95) },
  { key: 'open', name: 'group of 20 000 opened, painted', unit: 'ms', judged: true, of: perRun((s) => s.opening?.paint) },
  { key: 'member-dom-95', name: 'search in it: key to changed rows, p95', unit: 'ms', judged: true, of: pooled((s) => s.members?.dom, 0.95) },
  { key: 'member-paint-95', name: 'search in it: key to paint, p95', unit: 'ms', judged: true, of: pooled((s) => s.members?.paint, 0.95) },
  { key: 'heap', name: 'JavaScript heap', unit: 'MiB', of: perRun((s) => s.memory?.heap) },
  { key: 'wasm', name: 'WebAssembly memory', unit: 'MiB', of: perRun((s) => s.memory?.wasm) },
  { key: 'memory', name: 'heap and WebAssembly', unit: 'MiB', judged: true, of: perRun((s) => s.memory?.together) },
  { key: 'anonymous', name: 'renderer’s anonymous memory', unit: 'MiB', judged: true, of: perRun((s) => s.memory?.anonymous) },
  { key: 'memory-5', name: 'heap and WebAssembly after 5 refreshes', unit: 'MiB', judged: true, of: perRun((s) => s.refreshed?.together) },
  { key: 'anonymous-5', name: 'anonymous memory after 5 refreshes', unit: 'MiB', judged: true, of: perRun((s) => s.refreshed?.anonymous) },
  { key: 'change', name: 'one changed row: refresh to paint', unit: 'ms', judged: true, of: perRun((s) => s.change?.paint) },
  { key: 'change-script', name: 'one changed row: script', unit: 'ms', judged: true, of: perRun((s) => s.change?.script) },
  { key: 'change-writing', name: 'one changed row: first to last write', unit: 'ms', of: perRun((s) => s.change?.writing) },
  { key: 'change-mutations', name: 'one changed row: DOM mutations', unit: '', of: perRun((s) => s.change?.mutations) },
];

/** The figures of a run: `figure(key, id, size)` gives `{ value, from, to }`, or undefined where it was not measured. */
export function figuresOf(results) {
  const known = new Map();
  for (const measure of MEASURES) {
    for (const { id } of results.contestants) {
      for (const size of results.sizes) {
        const samples = results.samples.filter((s) => s.id === id && s.size === size && Boolean(s.slow) === Boolean(measure.slowed));
        known.set(`${measure.key} ${id} ${size}`, measure.of(samples));
      }
    }
  }
  return (key, id, size) => known.get(`${key} ${id} ${size}`);
}
