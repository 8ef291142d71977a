// The limits of the scale work, each computed from a run's figures.
import { MEASURES } from './measures.mjs';

/** The sizes that the limits speak of. */
export const LARGE = 100_000;
export const SMALL = 100;

const short = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** Lines `{ measure, limit, measured, met }`; `met` is undefined where the run does not tell. */
export function limits(figure) {
  const at = (key, id = 'muster', size = LARGE) => figure(key, id, size)?.value;
  const lines = [];
  const add = (measure, limit, measured, met) => lines.push({ measure, limit, measured: met === undefined ? 'not measured' : measured, met });

  /** Of several measures the one that is furthest from its limit. */
  const ratio = (measure, keys, most) => {
    const all = keys.map(({ key, name }) => ({ name, ours: at(key), theirs: at(key, 'vanilla') }));
    if (all.some(({ ours, theirs }) => ours === undefined || theirs === undefined)) return add(measure, `${most} of vanilla`, '', undefined);
    const worst = all.reduce((a, b) => (b.ours / b.theirs > a.ours / a.theirs ? b : a));
    const text = `${short(worst.ours / worst.theirs)} (${short(worst.ours)} to ${short(worst.theirs)}${keys.length > 1 ? `, ${worst.name}` : ''})`;
    return add(measure, `${most} of vanilla`, text, worst.ours / worst.theirs <= most);
  };
  const most = (measure, key, limit, unit, strictly = false) => {
    const value = at(key);
    const met = value === undefined ? undefined : strictly ? value < limit : value <= limit;
    add(measure, `${strictly ? 'under ' : ''}${limit} ${unit}`, `${short(value ?? 0)} ${unit}`, met);
  };
  const keys = (...names) => MEASURES.filter(({ key }) => names.includes(key));

  ratio('first row', keys('first'), 0.2);
  ratio('first row, slowed', keys('first-slow'), 0.2);
  ratio('complete list', keys('complete'), 0.65);
  ratio('complete list, slowed', keys('complete-slow'), 0.9);
  ratio('memory: heap and WebAssembly', keys('memory'), 0.55);
  ratio('memory: renderer’s anonymous', keys('anonymous'), 0.55);
  ratio('heap and WebAssembly, after 5 refreshes', keys('memory-5'), 0.55);
  ratio('renderer’s anonymous, after 5 refreshes', keys('anonymous-5'), 0.55);
  most('longest task while loading', 'longest', 50, 'ms');
  most('longest task while loading, slowed', 'longest-slow', 100, 'ms');
  most('search: key to changed rows, p95', 'key-dom-95', 10, 'ms');
  ratio('search: key to paint, p95', keys('key-paint-95'), 1);
  ratio('sort by any column', MEASURES.filter(({ sort }) => sort), 0.5);
  most('frames over 20 ms in the scroll', 'late', 0.5, '%', true);

  const [first, firstSmall] = [at('first'), at('first', 'muster', SMALL)];
  const growth = first / firstSmall;
  const isGrowth = first !== undefined && firstSmall !== undefined;
  add('first row, against 100 groups', '1.5 times', `${short(growth)} (${short(first ?? 0)} to ${short(firstSmall ?? 0)})`, isGrowth ? growth <= 1.5 : undefined);

  const [many, few] = [at('change-mutations'), at('change-mutations', 'muster', SMALL)];
  const isChange = many !== undefined && few !== undefined;
  add('one changed row: DOM mutations', 'as many as at 100 groups', `${many} to ${few}`, isChange ? many === few : undefined);
  most('one changed row: script', 'change-script', 1, 'ms');

  most('first load, brotli', 'bytes', 200, 'kB');
  const judged = MEASURES.filter((measure) => measure.judged);
  const against = judged.map(({ key, name }) => ({ name, ours: at(key), theirs: at(key, 'react-admin') }));
  const told = against.filter(({ ours, theirs }) => ours !== undefined && theirs !== undefined);
  const behind = told.filter(({ ours, theirs }) => ours >= theirs).map(({ name, ours, theirs }) => `${name} (${short(ours)} to ${short(theirs)})`);
  const text = behind.length === 0 ? `${told.length} of ${told.length}` : `${told.length - behind.length} of ${told.length}; not in: ${behind.join(', ')}`;
  add('against react-admin, every line', 'ahead', text, told.length === judged.length ? behind.length === 0 : undefined);
  return lines;
}
