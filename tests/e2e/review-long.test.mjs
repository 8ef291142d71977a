// Ten thousand lines are reviewed without the page standing still.
import assert from 'node:assert/strict';
import { LONG_LIST, allKeys, at, enter, people, said } from './harness/instabase.mjs';
import { journey } from './harness/journey.mjs';

const GROUPS = 100;
const PEOPLE = 100;
/** The page may not stand still for longer than this, in a build without optimisation, as for tests. */
const STILL_MS = 1_000;

const two = (n) => String(n).padStart(3, '0');
const numbers = Array.from({ length: GROUPS }, (_, n) => n);
const review = (page) => page.getByRole('region', { name: 'Review changes', exact: true });

/** Notes from now on how long the page stands still at most, step by step. */
const watchTasks = (page) =>
  page.evaluate(() => {
    window.longest = {};
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest[window.step] = Math.max(window.longest[window.step] ?? 0, Math.round(duration));
    }).observe({ type: 'longtask', buffered: false });
  });

journey('ten thousand changes are shown, searched, struck and put in order by person', {}, async ({ page, fault, axe, shot }) => {
  const groups = numbers.map((n) => ({
    name: `lot_${two(n)}`,
    full_name: `Lot ${two(n)}`,
    admins: [{ type: 'user', name: 'alice' }],
    members: Array.from({ length: PEOPLE / 2 }, (_, k) => ({ type: 'user', name: `old.${two(k)}` })),
  }));
  fault.on('GET', LONG_LIST, { json: { status: 'OK', groups } });
  await enter(page);
  await said(page, /^100 of 100 · read/).waitFor();
  await page.goto(at(page, 'import'));
  const lines = numbers.flatMap((n) => Array.from({ length: PEOPLE / 2 }, (_, k) => `lot_${two(n)},new.${two(k)}`));
  const buffer = Buffer.from(['group,person', ...lines].join('\n'));
  await page.getByLabel('Choose a file', { exact: true }).setInputFiles({ name: 'long.csv', mimeType: 'text/csv', buffer });
  const go = page.getByRole('button', { name: 'Review changes', exact: true }).and(page.locator(':not([aria-disabled])'));
  await go.waitFor();
  await watchTasks(page);
  const took = {};
  const step = async (name, act, until) => {
    await page.evaluate((name) => { window.step = name; }, name);
    const began = Date.now();
    await act();
    await until();
    took[name] = Date.now() - began;
  };
  await step('shown', () => go.click(), () => said(review(page), '100 groups · +5\u202f000').waitFor());
  const exactly = review(page).getByRole('radio', { name: 'Make it exactly so', exact: true });
  await step('exactly so', () => exactly.check(), () => said(review(page), '100 groups · +5\u202f000 · −5\u202f000').waitFor());
  assert.ok((await review(page).getByRole('row').count()) < 100, 'only what is on the screen is there');
  const one = review(page).getByRole('checkbox', { name: 'new.000 in Lot 000: add as Member', exact: true });
  await step('struck', () => one.uncheck(), () => said(review(page), '1 struck').waitFor());
  await step('by person', () => review(page).getByRole('button', { name: 'By person', exact: true }).click(), () => review(page).getByRole('checkbox', { name: 'All of new.000', exact: true }).waitFor());
  const search = review(page).getByRole('searchbox', { name: 'Search changes', exact: true });
  await step('searched', () => search.fill('lot 099 old.049'), () => review(page).getByRole('checkbox', { name: 'old.049 in Lot 099: remove (Member)', exact: true }).waitFor());
  const longest = await page.evaluate(() => window.longest);
  console.log(JSON.stringify({ took, longest }));
  for (const [name, still] of Object.entries(longest)) assert.ok(still < STILL_MS, `${name}: the page stood still for ${still} ms`);
  await search.fill('');
  await shot('review-changes-long');
  await axe();
});

journey('thousands of changes are applied, and the page can be used meanwhile', {}, async ({ page, api }) => {
  const keys = (await allKeys(api)).filter((key) => key !== 'all_staff').slice(0, 20);
  const { admins, members } = await people(api, 'all_staff');
  const everybody = [...admins, ...members].sort();
  await enter(page);
  await said(page, /· read \d\d:\d\d/).waitFor();
  await page.goto(at(page, 'import'));
  const buffer = Buffer.from(['group,person', ...keys.flatMap((key) => everybody.map((name) => `${key},${name}`))].join('\n'));
  await page.getByLabel('Choose a file', { exact: true }).setInputFiles({ name: 'long.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: 'Review changes', exact: true }).and(page.locator(':not([aria-disabled])')).click();
  await watchTasks(page);
  const began = Date.now();
  await review(page).getByRole('button', { name: /^Apply .+ changes$/ }).click();
  await said(page, /^All .+ done, read back and proved/).waitFor({ timeout: 50_000 });
  const took = Date.now() - began;
  await said(page, /^Nothing is left to do: the groups were read again/).waitFor();
  const longest = await page.evaluate(() => window.longest);
  console.log(JSON.stringify({ took, longest }));
  for (const still of Object.values(longest)) assert.ok(still < STILL_MS, `the page stood still for ${still} ms`);
  for (const key of keys) {
    const now = await people(api, key);
    assert.ok(everybody.every((name) => now.admins.includes(name) || now.members.includes(name)), key);
  }
});
