// Runs the contestants side by side and writes what was measured: `cargo xtask bench` builds them and calls this.
//
//   node bench/measure.mjs --muster DIR [--react-admin DIR] --out FILE [--groups 100,10000] [--runs 5] [--only ID,…]
//                          [--slow 4] [--slow-runs 3] [--smoke]
import { createRequire } from 'node:module';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { parseArgs } from 'node:util';
import { contestants } from './contestants.mjs';
import { MEASURES } from './measures.mjs';
import { startReplay } from './replayer.mjs';
import { Run } from './run.mjs';

const journeys = createRequire(new URL('../tests/e2e/package.json', import.meta.url));
const { chromium } = journeys('playwright-core');

const { values: given } = parseArgs({
  options: {
    muster: { type: 'string' },
    'react-admin': { type: 'string' },
    out: { type: 'string' },
    groups: { type: 'string', default: '100,10000,100000' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    slow: { type: 'string', default: '4' },
    'slow-runs': { type: 'string', default: '3' },
    smoke: { type: 'boolean', default: false },
  },
});

/** A whole number of at least `least`. */
function whole(name, least) {
  const number = Number(given[name]);
  if (!Number.isInteger(number) || number < least) throw new Error(`--${name} takes a whole number of at least ${least}`);
  return number;
}

function executable() {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
  if (!found) throw new Error('no Chromium: name one in CHROMIUM');
  return found;
}

/** The processor's name; where the system does not tell it to Node, as /proc has it. */
function processor() {
  const [first] = cpus();
  return first?.model.trim() || 'unknown processor';
}

const version = (file, name) => {
  const { packages } = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  return packages[`node_modules/${name}`].version;
};

const sizes = given.groups.split(',').map((word) => {
  const number = Number(word);
  if (!Number.isInteger(number) || number < 50) throw new Error('--groups takes whole numbers of at least 50, with commas between');
  return number;
});
const runs = whole('runs', 1);
const slow = whole('slow', 1);
const slowRuns = slow > 1 ? whole('slow-runs', 1) : 0;
const all = contestants({ muster: given.muster, reactAdmin: given['react-admin'] });
const ids = given.only?.split(',') ?? all.map(({ id }) => id);
for (const id of ids) if (!all.some((one) => one.id === id)) throw new Error(`--only: no contestant “${id}”; there are ${all.map((one) => one.id).join(', ')}`);
const chosen = all.filter(({ id }) => ids.includes(id));
for (const { id, folders } of chosen) if (folders.includes(undefined)) throw new Error(`--${id} has to name the folder of its built site`);
if (!given.out) throw new Error('--out has to name a file');

/** Connects Muster over its own page, once; what it keeps in the browser is given to every later context. */
async function connected(browser, url) {
  const context = await browser.newContext({ baseURL: url });
  try {
    const page = await context.newPage();
    await page.goto('/connect');
    await page.getByRole('combobox', { name: 'System', exact: true }).selectOption({ label: 'Instabase' });
    await page.getByRole('textbox', { name: 'Server', exact: true }).fill(url);
    await page.getByRole('textbox', { name: 'Token', exact: true }).fill('bench');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('heading', { name: 'Groups', exact: true, level: 1 }).waitFor();
    return { storage: await context.storageState(), path: new URL(page.url()).pathname };
  } finally {
    await context.close();
  }
}

const replay = startReplay();
const browser = await chromium.launch({
  executablePath: executable(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
});
const results = {
  machine: { processor: processor(), cores: cpus().length, memory: totalmem(), system: `${type()} ${release()}`, load: loadavg()[0] },
  versions: {
    Chromium: browser.version(),
    Node: process.versions.node,
    rustc: process.env.BENCH_RUSTC,
    'playwright-core': version('../tests/e2e/package-lock.json', 'playwright-core'),
    ...Object.fromEntries(['react-admin', 'react', 'vite'].map((name) => [name, version('react-admin/package-lock.json', name)])),
  },
  // Passed by xtask: what of Muster this is.
  commit: process.env.BENCH_COMMIT,
  began: new Date().toISOString(),
  sizes,
  runs,
  slow,
  slowRuns,
  contestants: chosen.map(({ id, label }) => ({ id, label })),
  bytes: {},
  samples: [],
  failures: [],
};

/** The figures that a sample ought to have and has not. */
function missing(sample) {
  const wanted = MEASURES.filter((measure) => Boolean(measure.slowed) === Boolean(sample.slow));
  const told = ({ key, of }) => Number.isFinite(of([sample])?.value) || (key.startsWith('anonymous') && process.platform !== 'linux');
  return wanted.filter((measure) => !told(measure)).map(({ name }) => name);
}

/** One run. What fails is told and stands in the results: a hole in a table has to be seen. */
async function once(contestant, size, words, more) {
  const what = `${contestant.label}, ${size} groups${words.slow ? `, slowed ${words.slow} times` : ''}`;
  const began = performance.now();
  let problem;
  try {
    const run = new Run({ browser, replay, contestant, size, smoke: given.smoke, url: contestant.url, storage: contestant.storage });
    const figures = await run.measure({ slow: words.slow, more });
    const sample = { id: contestant.id, size, ...words, ...figures };
    results.samples.push(sample);
    const { firstRow, complete, longest } = figures.loading;
    const told = [['first row', firstRow], ['complete', complete], ['longest task', longest]].map(([name, ms]) => `${name} ${Math.round(ms)} ms`);
    console.error(`${what}: ${told.join(', ')}  (${Math.round((performance.now() - began) / 1000)} s)`);
    const holes = missing(sample);
    if (figures.failed) problem = figures.failed;
    else if (holes.length > 0) problem = { step: 'figures', message: `not obtained: ${holes.join(', ')}` };
  } catch (error) {
    problem = { step: 'loading', message: error.message.split('\n', 1)[0] };
    if (given.smoke) console.error(error);
  }
  if (problem) {
    results.failures.push({ id: contestant.id, size, ...words, ...problem });
    console.error(`${what}: FAILED in ${problem.step}: ${problem.message}`);
  }
  if (given.smoke) {
    console.log(JSON.stringify({ name: what, outcome: problem ? 'failed' : 'passed', error: problem && `${problem.step}: ${problem.message}` }));
  }
}

try {
  for (const contestant of chosen) contestant.url = await replay.ask('serve', { id: contestant.id, folders: contestant.folders });
  await replay.ask('use', { groups: 100 });
  for (const contestant of chosen) {
    if (contestant.connects) Object.assign(contestant, await connected(browser, contestant.url));
  }
  for (const size of sizes) {
    results.bytes[size] = (await replay.ask('use', { groups: size })).bytes;
    console.error(`\n== ${size} groups, ${(results.bytes[size] / 1e6).toFixed(1)} MB`);
    // Interleaved: what the machine does besides falls on all of them alike. Each round begins with another.
    for (let run = 0; run < runs; run += 1) {
      const order = chosen.map((_, i) => chosen[(i + run) % chosen.length]);
      for (const contestant of order) await once(contestant, size, { run }, Run.prototype.everything);
    }
    for (let run = 0; run < slowRuns; run += 1) {
      const order = chosen.map((_, i) => chosen[(i + run) % chosen.length]);
      for (const contestant of order) await once(contestant, size, { run, slow });
    }
  }
  results.machine.loadAfter = loadavg()[0];
  writeFileSync(given.out, JSON.stringify(results));
} finally {
  await browser.close();
  replay.stop();
}
// A smoke run is a test; any other has told its failures in the results, which are reported all the same.
if (given.smoke && results.failures.length > 0) process.exitCode = 1;
