// Work under way on several groups, and the review that leads to it.
import assert from 'node:assert/strict';
import { groupsAreRead } from '../harness/steps.mjs';
import { Struck, classOf, hurried, readAnew } from './cells.mjs';
import { alert, button, connectAgain, dialog, gone, main, note, said, sound, until } from './look.mjs';
import { SENTENCES, WORDS, notDone } from './sentences.mjs';
import { mail } from './systems.mjs';
import { lookOf, planOf } from './writes.mjs';

const ALL = 2;
const ALL_DONE = /^All 2 done, read back and proved at \d\d:\d\d\.$/;
const LOST = ['unreachable', 'silent'];
const PAUSES = { pauseOfAMinute: 61_000, pause: 6_000 };
const UNREACHED = 'The server cannot be reached. Nothing is lost: it goes on by itself as soon as it can, and what was under way is looked up first.';
const NO_TOKEN = 'The server does not take the token any more. It goes on when there is a new one.';
const sum = (page, words) => page.getByRole('alert').filter({ hasText: words });
const fate = (page, words) => page.getByRole('list', { name: 'Not done', exact: true }).getByRole('listitem').filter({ hasText: words });

/** What a run says that was struck, and how it goes on from there when the fault is over. */
function course(cell, plan, struckItems) {
  const { page, now } = cell;
  const rest = ALL - struckItems;
  const counts = (what) => new RegExp(`^${rest} of ${ALL} done(, read back and proved at \\d\\d:\\d\\d)?\\. ${struckItems} ${what}\\.$`);
  const over = (what, words) => ({
    says: async () => {
      await hurried(cell, sum(page, counts(what)));
      assert.equal(await fate(page, words).count(), struckItems, `those that are ${what}`);
    },
    goOn: () => button(page, 'Retry refused').click(),
  });
  const held = (words, goOn) => ({ says: () => hurried(cell, note(page, words)), goOn });
  const blind = (says) => {
    // The browser tells when it is online again, and it goes on by itself.
    if (LOST.includes(says)) return held(UNREACHED, () => now.cut === 'offline' || button(page, 'Try now').click());
    if (says === 'token') return held(NO_TOKEN, () => {});
    return over('unknown', new RegExp(`unknown: .*${SENTENCES[says].source}`));
  };
  switch (plan.outcome) {
    case 'done':
      return { says: () => hurried(cell, said(page, ALL_DONE)), goOn: () => {} };
    case 'refused':
      if (now.says === 'token') return held(NO_TOKEN, () => {});
      if (now.says in PAUSES) return held(/^The server asks for a pause\. It goes on by itself at \d\d:\d\d:\d\d\./, () => page.clock.fastForward(PAUSES[now.says]));
      return over('refused', new RegExp(`refused: “${WORDS}`));
    case 'notDone':
      return over('not done', new RegExp(notDone(now.says).source, 'i'));
    case 'saidOnly':
      return over('not done', 'not done: a look afterwards does not show it');
    case 'unsent':
      return blind('unreachable');
    default:
      return blind(now.cut ? now.says : plan.lookSays);
  }
}

/** Sets up a run and begins it, on Instabase in two groups at once, on snip for two people. */
const RUN = {
  Instabase: {
    struckItems: 1,
    key: (its) => its.pair[0],
    given: (its) => its.pair.map((key) => [key, 'dave', 'member', undefined]),
    begin: async ({ page, its, base }) => {
      await page.goto(`${base}/groups`);
      await groupsAreRead(page);
      for (const name of its.pairNames) await page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check();
      await button(page.getByRole('group', { name: 'Selection', exact: true }), 'Add people').click();
      const people = dialog(page, 'Add people to 2 groups').getByRole('combobox', { name: 'People', exact: true });
      await people.fill('dave');
      await people.press('Enter');
      await button(dialog(page, 'Add people to 2 groups'), 'Review').click();
      await dialog(page, 'Add 1 person to 2 groups').waitFor();
    },
    press: ({ page }) => button(page.getByRole('dialog'), 'Add as Member').click(),
  },
  snip: {
    struckItems: 2,
    key: (its) => its.key,
    given: (its) => ['alice', 'bob'].map((name) => [its.key, mail(name), 'moderator', 'member']),
    begin: async ({ page, its, base }) => {
      await page.goto(`${base}/groups/${its.key}`);
      for (const name of ['alice', 'bob']) await page.getByRole('checkbox', { name: `Select ${mail(name)}`, exact: true }).check();
      await button(page.getByRole('group', { name: 'Selection', exact: true }), 'Change role').click();
      await page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).selectOption('Moderator');
      await button(page.getByRole('dialog'), 'Review').click();
      await button(page.getByRole('dialog'), 'Change 2 people').waitFor();
    },
    press: ({ page }) => button(page.getByRole('dialog'), 'Change 2 people').click(),
  },
};

/** Whether each of them holds what was wished. */
const heldNow = async ({ api, its }, given) => {
  const all = await Promise.all(given.map(async ([key, person, role]) => (await its.roles(api, key))[person] === role));
  return all.filter(Boolean).length;
};
const asBefore = async ({ api, its }, given) => {
  for (const [key, person, , before] of given) await its.give(api, key, person, before);
};

/** Strikes a run, or the looks after its write, and follows it to its end. */
async function runUnder(cell, kind, plan, { run, key, struckItems, given, write }) {
  const { page, now, its, token } = cell;
  const struck = new Struck(cell, now);
  const [method, path] = its.people(key);
  let rule;
  if (now.cut && write) await struck.cut();
  else {
    rule = struck.strike(method, path, write ? plan.write : {}, 1);
    rule.struck().then(async () => {
      if (now.cut) await struck.cut();
      else if (plan.look) struck.strike('GET', its.path(key), plan.look);
    });
  }
  const way = course(cell, plan, struckItems);
  try {
    await run.press(cell);
    // Before the clock is made to run: what is not struck has come to its end.
    if (rule) await until('that it is sent', () => rule.seen > 0);
    if (now.hangs) {
      await until('that the others are done', async () => (await heldNow(cell, given)) >= ALL - (plan.isDone ? 0 : struckItems));
      // And are read back: a clock that runs on would take the answer from the reading that is under way.
      const others = ALL - struckItems;
      if (others > 0) await said(page, `${others} of ${ALL} sent and read back`).waitFor();
    }
    await way.says();
    // What holds a run lets those come to their end that are under way.
    if (!now.cut) await until('that the server holds what it says', async () => (await heldNow(cell, given)) === ALL - (plan.isDone ? 0 : struckItems), 3_000);
    await sound(page, token);
  } catch (error) {
    error.message = `(${plan.outcome}) ${error.message}`;
    throw error;
  }
  const before = cell.writes();
  await struck.end();
  if (now.asksToken && plan.outcome !== 'done') await connectAgain(page, token);
  await way.goOn();
  await said(page, ALL_DONE).waitFor();
  assert.equal(await heldNow(cell, given), ALL);
  // What is done, or may be, is looked at and not sent again.
  if (plan.isDone && !now.cut) assert.equal(cell.writes().length, before.length, 'writes after it was done');
}

export const run = {
  name: 'a run',
  turn: 1,
  // Before roles are changed it is read whether they are still what they were.
  readsFirst: (system) => system === 'snip',
};

async function runCell(cell, kind, write) {
  const its = cell.its;
  const { struckItems, key, given, ...steps } = RUN[cell.system];
  const items = given(its);
  await asBefore(cell, items);
  await steps.begin(cell);
  const look = lookOf(cell);
  const plan = write ? planOf(cell, kind) : { outcome: look.fails ? 'unread' : 'done', isDone: true, look: look.rule, lookSays: look.says };
  const strikes = write && cell.now.cut ? ALL : struckItems;
  await runUnder(cell, kind, plan, { run: steps, key: key(its), struckItems: strikes, given: items, write });
  await button(page_dialog(cell), 'Close').click();
}
const page_dialog = ({ page }) => page.getByRole('dialog');

export const runReads = (cell, kind) => runCell(cell, kind, false);
export const runWrites = (cell, kind) => runCell(cell, kind, true);

const LINES = {
  Instabase: { text: 'group,person,role\nsales_group,dave,member\nlegal,dave,member\n', given: (its) => its.pair.map((key) => [key, 'dave', 'member', undefined]) },
  snip: {
    text: `group,person,role\n2,${mail('alice')},moderator\n21,${mail('priya')},moderator\n`,
    given: () => [['2', mail('alice'), 'moderator', 'member'], ['21', mail('priya'), 'moderator', 'member']],
  },
};
const NOT_ALL = /Not all groups could be read\. This is held against the .* loaded\./;
const NOTHING_SENT = 'Nothing was sent. The groups could not be read again: ';
const reviewButton = ({ page }) => button(main(page), 'Review changes').and(page.locator(':not([aria-disabled])'));
const apply = ({ page }) => button(page.getByRole('region', { name: 'Review changes', exact: true }), 'Apply 2 changes').click();
const nothingLeft = ({ page }) => said(page, /^Nothing is left to do: the groups were read again, and everything is as it was to be\.$/).waitFor();

/** Goes to what is brought; the first time it is brought, and the browser keeps it. */
async function toImport(cell) {
  const { page, base, system } = cell;
  await page.goto(`${base}/import`);
  const cells = page.getByRole('textbox', { name: 'Paste cells', exact: true });
  const kept = page.getByRole('heading', { name: '2 Match', exact: true });
  await cells.or(kept).first().waitFor();
  if (await kept.isVisible()) return;
  await cells.fill(LINES[system].text);
  await button(page, 'Read cells').click();
  await kept.waitFor();
}

export const review = {
  name: 'import and review',
  turn: 0,
  readsFirst: () => true,
};

export async function reviewReads(cell) {
  const { page, now, its, system, token } = cell;
  const items = LINES[system].given(its);
  await asBefore(cell, items);
  await toImport(cell);
  // Matched against a list that cannot be had.
  let struck = new Struck(cell, now);
  const [listed] = now.odd ? now.odd.list(cell, false) : [{ says: classOf(cell, 'list') ?? 'shown' }];
  const rule = struck.strike('GET', its.lists, now.cut ? { hang: true } : now.odd ? { change: listed.change } : now.read(cell));
  await page.reload();
  await until('that it reads', () => rule.seen > 0);
  if (now.cut) await struck.cut();
  if (listed.says in SENTENCES) {
    await hurried(cell, alert(page, NOT_ALL, SENTENCES[listed.says]));
    assert.equal(await reviewButton(cell).count(), 0, 'nothing is reviewed against half of the groups');
  } else if (listed.says !== 'shown') {
    await cell.check(() => note(page, /\d+ groups? .*could not be understood/).waitFor({ timeout: 3_000 }));
  }
  await sound(page, token);
  await struck.end();
  if (now.asksToken) {
    await connectAgain(page, token);
    await readAnew(cell, alert(page, NOT_ALL), () => button(main(page), 'Try again').click());
  } else if (listed.says in SENTENCES) await button(main(page), 'Try again').click();
  else if (listed.says !== 'shown') await page.reload();
  await gone(alert(page, NOT_ALL));
  await reviewButton(cell).click();
  await page.getByRole('region', { name: 'Review changes', exact: true }).waitFor();

  // Read again before anything is sent.
  struck = new Struck(cell, now);
  const look = lookOf(cell);
  if (now.cut) await struck.cut();
  else struck.strike('GET', its.path(its.pair[0]), look.rule, look.fails || look.renamed ? Infinity : 1);
  await apply(cell);
  if (look.renamed) {
    // It has another name now, as it seems: that is told before anything is sent.
    await alert(page, 'Nothing was sent: somebody has changed something meanwhile.').waitFor();
    await apply(cell);
  }
  if (look.fails) {
    await hurried(cell, alert(page, NOTHING_SENT, SENTENCES[look.says]));
    assert.equal(cell.writes().length, 0, 'writes that came to the server');
    assert.equal(await heldNow(cell, items), 0);
    await sound(page, token);
    await struck.end();
    if (now.asksToken) await connectAgain(page, token);
    await apply(cell);
  }
  await said(page, ALL_DONE).waitFor();
  await struck.end();
  await nothingLeft(cell);
  assert.equal(await heldNow(cell, items), ALL);
  assert.equal(cell.writes().length, ALL, 'a call for each group');
}

export async function reviewWrites(cell, kind) {
  const { page, its, system, now } = cell;
  const items = LINES[system].given(its);
  await asBefore(cell, items);
  await toImport(cell);
  await reviewButton(cell).click();
  await page.getByRole('region', { name: 'Review changes', exact: true }).waitFor();
  const plan = planOf(cell, kind);
  if (now.cut) {
    const struck = new Struck(cell, now);
    await struck.cut();
    await apply(cell);
    await hurried(cell, alert(page, NOTHING_SENT, SENTENCES[now.says]));
    assert.equal(cell.writes().length, 0, 'writes that came to the server');
    await struck.end();
    await apply(cell);
    await said(page, ALL_DONE).waitFor();
  } else await runUnder(cell, kind, plan, { run: { press: apply }, key: its.pair[0], struckItems: 1, given: items, write: true });
  await nothingLeft(cell);
  assert.equal(await heldNow(cell, items), ALL);
}
