// Tells what a run has measured: as tables on the screen and, of a whole run, in docs/benchmarks.md with its chart.
//
//   node bench/report.mjs RESULTS.json DOCS.md
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chart } from './chart.mjs';
import { LARGE, SMALL, limits } from './limits.mjs';
import { MEASURES, figuresOf } from './measures.mjs';

const [file, docs] = process.argv.slice(2);
if (!docs) throw new Error('node bench/report.mjs RESULTS.json DOCS.md');
const results = JSON.parse(readFileSync(file, 'utf8'));
const figure = figuresOf(results);
const { contestants, sizes, machine, versions } = results;

const [BEGIN, END] = ['<!-- bench: what follows is written by `cargo xtask bench` -->', '<!-- bench: end -->'];
const ALL = ['muster', 'vanilla', 'streaming', 'react-admin'];

const count = (n) => n.toLocaleString('en').replaceAll(',', ' ');
const short = (value) => (Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const withUnit = (value, unit) => `${short(value)}${unit ? ` ${unit}` : ''}`;
const row = (cells) => `| ${cells.join(' | ')} |`;
const head = (cells) => [row(cells), row(cells.map((_, i) => (i === 0 ? '---' : '---:')))];

/** Measures that some contestant has at some of the sizes. */
const known = (at = sizes) => MEASURES.filter(({ key }) => contestants.some(({ id }) => at.some((size) => figure(key, id, size))));

function cell({ key, unit }, id, size) {
  const own = figure(key, id, size);
  if (!own) return '';
  const spread = own.from === own.to ? '' : ` (${short(own.from)}–${short(own.to)})`;
  const limit = figure(key, 'vanilla', size);
  const ratio = id !== 'vanilla' && limit?.value > 0 ? ` **×${short(own.value / limit.value)}**` : '';
  return `${withUnit(own.value, unit)}${spread}${ratio}`;
}

function sizeTable(size) {
  return [
    ...head(['', ...contestants.map(({ label }) => label)]),
    ...known([size]).map((measure) => row([measure.name, ...contestants.map(({ id }) => cell(measure, id, size))])),
  ].join('\n');
}

/** Each contestant from the smallest to the largest size, and how many times more that is. */
function growthTable() {
  const grows = (measure, id) => {
    const values = sizes.map((size) => figure(measure.key, id, size)?.value);
    if (values.some((value) => value === undefined)) return '';
    const factor = values[0] > 0 ? ` **×${short(values.at(-1) / values[0])}**` : '';
    return `${values.map(short).join(' → ')}${factor}`;
  };
  return [
    ...head([`${sizes.map(count).join(' → ')} groups`, ...contestants.map(({ label }) => label)]),
    ...known().map((measure) =>
      row([`${measure.name}${measure.unit ? `, ${measure.unit}` : ''}`, ...contestants.map(({ id }) => grows(measure, id))])),
  ].join('\n');
}

function limitTable() {
  const said = { true: 'met', false: '**not met**', undefined: '' };
  return [
    ...head(['measure', 'at most', 'measured', '']),
    ...limits(figure).map(({ measure, limit, measured, met }) => row([measure, limit, measured, said[met]])),
  ].join('\n');
}

function conditions() {
  const memory = `${Math.round(machine.memory / 2 ** 30)} GiB`;
  const load = `load average ${short(machine.load)} before and ${short(machine.loadAfter)} after`;
  const bytes = sizes.map((size) => `${count(size)} groups ${short(results.bytes[size] / 1e6)} MB`).join(', ');
  const named = Object.entries(versions).filter(([, version]) => version).map(([name, version]) => `${name} ${version.replace(`${name} `, '')}`);
  return [
    `${machine.processor}, ${machine.cores} cores, ${memory}, ${machine.system}; ${load}.`,
    `${named.join(', ')}${results.commit ? `; Muster ${results.commit}` : ''}.`,
    `Runs of each: ${results.runs}${results.slow > 1 ? `, and ${results.slowRuns} with the processor slowed ${results.slow} times` : ''}, interleaved, begun ${results.began.slice(0, 16).replace('T', ' ')} UTC.`,
    `The lists: ${bytes}.`,
  ].join('\n');
}

/** What could not be measured, and why; nothing where all was. */
function failures() {
  if (results.failures.length === 0) return [];
  const name = (id) => contestants.find((one) => one.id === id).label;
  const lines = results.failures.map(({ id, size, run, slow, step, message }) =>
    `- ${name(id)}, ${count(size)} groups${slow ? ', slowed' : ''}, run ${run + 1}: ${step}: ${message}`);
  return [`## What failed\n\nFrom this step on, the run gave no figures; the tables hold those of the others.\n\n${lines.join('\n')}`];
}

const generated = [
  conditions(),
  ...failures(),
  `## The limits\n\nAt ${count(LARGE)} groups unless it says otherwise; “slowed” is a processor slowed ${results.slow} times.\n\n${limitTable()}`,
  ...(sizes.length > 1 ? [`## How each grows\n\n![How each page grows with the number of groups](benchmarks.svg)\n\n${growthTable()}`] : []),
  ...sizes.map((size) => `## ${count(size)} groups\n\n${sizeTable(size)}`),
].join('\n\n');

console.log(generated);
const picture = chart(results, figure);

const isWhole = results.slow === 4 && sizes.includes(SMALL) && sizes.includes(LARGE) && ALL.every((id) => contestants.some((one) => one.id === id));
if (isWhole) {
  const text = readFileSync(docs, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${docs} has lost the lines between which the figures stand`);
  writeFileSync(docs, `${text.slice(0, from)}${BEGIN}\n\n${generated}\n\n${text.slice(to)}`);
  writeFileSync(join(dirname(docs), 'benchmarks.svg'), picture);
  console.log(`\nwritten to ${docs}`);
} else {
  console.log(`\n${docs} is left as it was: only a run of all contestants at ${count(SMALL)} and ${count(LARGE)} groups, slowed too, goes there`);
}
