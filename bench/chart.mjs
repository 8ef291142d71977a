// How each contestant grows with the site, as an SVG that is readable on light and dark pages.

const PANELS = [
  ['first', 'First row painted', 'ms'],
  ['complete', 'Complete list painted', 'ms'],
  ['longest', 'Longest task while loading', 'ms'],
  ['key-paint-95', 'Search: key to paint, p95', 'ms'],
  ['sort-Admins', 'Sort by Admins, painted', 'ms'],
  ['memory', 'Heap and WebAssembly', 'MiB'],
];
const COLORS = {
  muster: ['#b4470f', '#ff9d5c'], vanilla: ['#4a5568', '#b8c2d0'], streaming: ['#2b6cb0', '#7ab8ff'], 'react-admin': ['#7b3fb5', '#c9a2ff'],
};
const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [300, 220, 52, 34, 34, 34];
const number = (n) => n.toLocaleString('en').replaceAll(',', ' ');
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The powers of ten around these values. */
function decades(values) {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return [from, to];
}

function panel({ contestants, sizes }, figure, [key, title, unit], left, top) {
  const points = contestants.flatMap(({ id }) =>
    sizes.map((size) => ({ id, size, value: figure(key, id, size)?.value })).filter(({ value }) => value > 0));
  if (points.length === 0) return '';
  const [xFrom, xTo] = decades(sizes);
  const [yFrom, yTo] = decades(points.map(({ value }) => value));
  const x = (size) => left + LEFT + ((Math.log10(size) - xFrom) / (xTo - xFrom)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => top + HEIGHT - BOTTOM - ((Math.log10(value) - yFrom) / (yTo - yFrom)) * (HEIGHT - TOP - BOTTOM);
  const parts = [`<text class="title" x="${left + 8}" y="${top + 18}">${escape(title)}, ${unit}</text>`];
  for (let power = yFrom; power <= yTo; power += 1) {
    const at = y(10 ** power).toFixed(1);
    parts.push(`<line class="grid" x1="${left + LEFT}" x2="${left + WIDTH - RIGHT}" y1="${at}" y2="${at}"/>`);
    parts.push(`<text class="tick end" x="${left + LEFT - 6}" y="${(y(10 ** power) + 4).toFixed(1)}">${number(10 ** power)}</text>`);
  }
  for (const size of sizes) {
    parts.push(`<text class="tick mid" x="${x(size).toFixed(1)}" y="${top + HEIGHT - BOTTOM + 18}">${number(size)}</text>`);
  }
  for (const { id } of contestants) {
    const own = points.filter((point) => point.id === id).map(({ size, value }) => [x(size).toFixed(1), y(value).toFixed(1)]);
    parts.push(`<polyline class="line c-${id}" points="${own.map((point) => point.join(',')).join(' ')}"/>`);
    for (const [cx, cy] of own) parts.push(`<circle class="dot c-${id}" cx="${cx}" cy="${cy}" r="3"/>`);
  }
  return parts.join('\n');
}

export function chart(results, figure) {
  const { contestants } = results;
  const columns = 3;
  const rows = Math.ceil(PANELS.length / columns);
  const [width, height] = [columns * WIDTH, rows * HEIGHT + 40];
  const color = (which) =>
    contestants.map(({ id }) => `.c-${id} { stroke: ${COLORS[id][which]}; } .dot.c-${id}, .name.c-${id} { fill: ${COLORS[id][which]}; }`).join('\n');
  const legend = contestants.map(({ id, label }, i) =>
    `<circle class="dot c-${id}" cx="${20 + i * 170}" cy="20" r="5"/><text class="name c-${id}" x="${32 + i * 170}" y="24">${escape(label)}</text>`);
  const panels = PANELS.map((one, i) => panel(results, figure, one, (i % columns) * WIDTH, 40 + Math.floor(i / columns) * HEIGHT));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="How each page grows with the number of groups; both scales are logarithmic">
<style>
text { font: 12px system-ui, sans-serif; fill: #24292f; } .title { font-weight: 600; } .tick { font-size: 11px; fill: #57606a; }
.end { text-anchor: end; } .mid { text-anchor: middle; } .grid { stroke: #d0d7de; stroke-width: 1; } .back { fill: #ffffff; }
.line { fill: none; stroke-width: 2; } .name { font-weight: 600; stroke: none; } .dot { stroke: none; }
${color(0)}
.name, .dot { stroke: none !important; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .tick { fill: #9aa4af; } .grid { stroke: #30363d; } .back { fill: #0d1117; }
${color(1)}
}
</style>
<rect class="back" width="${width}" height="${height}" rx="8"/>
${legend.join('\n')}
${panels.join('\n')}
</svg>
`;
}
