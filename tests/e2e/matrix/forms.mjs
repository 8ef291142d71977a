// The kinds of page that write by themselves: what is typed or pressed, and what stands there then.
import assert from 'node:assert/strict';
import { field, groupsAreRead } from '../harness/steps.mjs';
import { hurried } from './cells.mjs';
import { alert, button, gone, main, said, until } from './look.mjs';
import { SENTENCES, WORDS, notDone, notKnown, saidOnly } from './sentences.mjs';

const KEPT = 'What you typed is kept.';
const heading = (page, name) => page.getByRole('heading', { name, exact: true, level: 1 });

/** The sentence of a form over a write that did not come to its end. */
const formSays = (cell, { outcome }) => {
  const { page, now } = cell;
  const words = { refused: () => SENTENCES[now.says], unsent: () => SENTENCES[now.says], notDone: () => notDone(now.says), unknown: () => notKnown(now.says), saidOnly: () => saidOnly };
  return hurried(cell, alert(page, words[outcome](), KEPT));
};

export const settings = {
  name: "a group's settings",
  turn: 1,
  // What somebody else changed meanwhile is not overwritten.
  readsFirst: () => true,
  prepare: async (cell) => {
    cell.typed = `Typed with care, ${cell.row}.`;
    await cell.its.describe(cell.api, cell.its.key, 'As it was before.');
  },
  call: ({ its }) => ['PATCH', its.path(its.key)],
  look: ({ its }) => its.path(its.key),
  open: async (cell) => {
    const { page } = cell;
    await page.goto(`${cell.base}/groups/${cell.its.key}/settings`);
    // The group has been read: what stood there is what is changed.
    await page.getByText('As it was before.').first().waitFor();
    // A draft of the round before, whose send was refused, has another ground.
    const away = button(page, 'Throw away');
    if (await away.isVisible()) await away.click();
    await field(page, 'Description').fill(cell.typed);
  },
  send: ({ page }) => button(page, 'Save changes').click(),
  says: async (cell, plan) => {
    const { page, now } = cell;
    if (plan.outcome === 'done') await hurried(cell, said(page, /^Saved \d\d:\d\d$/));
    else if (plan.outcome === 'unread') await hurried(cell, said(page, /^Saved \d\d:\d\d; it could not be read again: /).filter({ hasText: SENTENCES[plan.lookSays ?? now.says] }));
    else if (plan.outcome === 'saidOnly') await hurried(cell, said(page, /the server shows “Description” otherwise than it was sent/));
    else await formSays(cell, plan);
    await cell.check(async () => assert.equal(await field(page, 'Description').inputValue(), cell.typed, 'what was typed is kept'));
  },
  isDone: async (cell) => (await cell.its.about(cell.api, cell.its.key)) === cell.typed,
  goOn: async (cell, plan) => {
    if (['done', 'unread'].includes(plan.outcome)) return;
    await field(cell.page, 'Description').fill(cell.typed);
    await settings.send(cell);
    // What had been done is seen, and not sent once more.
    await said(cell.page, plan.isDone ? 'The server shows this already, so nothing was sent.' : /^Saved \d\d:\d\d$/).waitFor();
    assert.equal(await alert(cell.page).count(), 0);
  },
};

const PERSON_ROW = ({ page, its }) => page.getByRole('table', { name: 'Members' }).getByRole('row').filter({ hasText: its.person });

export const members = {
  name: "a group's members",
  turn: 0,
  // On snip a role is changed: a removal could not be taken back. Whether the role is still what it was is read first.
  readsFirst: (system) => system === 'snip',
  prepare: ({ api, its }) => its.give(api, its.key, its.person, 'member'),
  call: ({ its }) => its.people(its.key),
  look: ({ its }) => its.path(its.key),
  open: async (cell) => {
    await cell.page.goto(`${cell.base}/groups/${cell.its.key}`);
    await PERSON_ROW(cell).waitFor();
    await said(main(cell.page), /read \d\d:\d\d/).waitFor();
  },
  send: async ({ page, its, system }) => {
    if (system === 'Instabase') return button(page, `Remove ${its.person}`).click();
    await button(page, `Role of ${its.person}`).click();
    const form = page.getByRole('form', { name: `Role of ${its.person}`, exact: true });
    await form.getByRole('radio', { name: 'Moderator', exact: true }).check();
    await button(form, 'Change role').click();
  },
  says: async (cell, plan) => {
    const { now } = cell;
    const row = PERSON_ROW(cell);
    if (plan.outcome === 'done') return hurried(cell, said(row, /^(removed|role changed) \d\d:\d\d/));
    const words = {
      refused: () => (['token', 'pause', 'pauseOfAMinute'].includes(now.says) ? SENTENCES[now.says] : new RegExp(`^refused: “${WORDS}`)),
      unsent: () => SENTENCES[now.says],
      notDone: () => notDone(now.says),
      unknown: () => notKnown(now.says),
      unread: () => notKnown(plan.lookSays),
      saidOnly: () => saidOnly,
    };
    await hurried(cell, alert(row));
    await cell.check(async () => assert.match(await alert(row).innerText(), words[plan.outcome](), `(${plan.outcome})`));
  },
  isDone: async ({ api, its, system }) => {
    const role = (await its.roles(api, its.key))[its.person];
    return system === 'Instabase' ? role === undefined : role === 'moderator';
  },
  goOn: async (cell, plan) => {
    const { page, its, system } = cell;
    if (plan.outcome === 'done') return;
    if (!plan.isDone) {
      await button(PERSON_ROW(cell), `Retry ${its.person}`).click();
      return said(PERSON_ROW(cell), /^(removed|role changed) \d\d:\d\d/).waitFor();
    }
    // It is to be looked at again before it is repeated: then the table shows what is so.
    await button(main(page), 'Read again').click();
    await said(main(page), /read \d\d:\d\d/).waitFor();
    await button(PERSON_ROW(cell), `Dismiss what happened to ${its.person}`).click();
    if (system === 'Instabase') await gone(PERSON_ROW(cell));
    else await PERSON_ROW(cell).getByText('Moderator', { exact: true }).waitFor();
  },
};

export const newGroup = {
  name: 'new group',
  turn: 1,
  // On snip the group's number is in the answer, so nothing but the answer can tell; and no look is taken.
  noLook: (system) => system === 'snip',
  answered: ({ system, now }, answered) => {
    if (system === 'Instabase') return answered;
    return ['byte by byte', 'null for each field', 'lone surrogates', 'control and bidirectional characters'].includes(now.name) ? 'accepted' : 'doubt';
  },
  prepare: (cell) => {
    cell.title = `Made ${cell.row}`;
    cell.made = `made_${cell.row}`;
  },
  call: ({ its, made }) => its.create(made),
  look: ({ its, made }) => its.path(made),
  open: async (cell) => {
    const { page, system } = cell;
    await page.goto(`${cell.base}/new-group`);
    await field(page, 'Display name').fill(cell.title);
    if (system === 'Instabase') await page.getByRole('checkbox', { name: 'Add me as a group admin' }).uncheck();
  },
  send: ({ page }) => button(page, 'Create group').click(),
  says: async (cell, plan) => {
    const { page, title } = cell;
    // Its name may have come back otherwise.
    if (plan.outcome === 'done') return hurried(cell, said(page, /^“.*” was made\./));
    if (plan.outcome === 'unread') {
      await hurried(cell, said(page, `“${title}” was made. It could not be read again, so what you see is what was sent.`).filter({ hasText: SENTENCES[plan.lookSays] }));
      return;
    }
    if (plan.outcome === 'saidOnly') {
      // Whatever it says instead, it goes on from the form.
      return cell.check(() => until('the form, which says that it was not made', async () => (await alert(page, saidOnly, KEPT).count()) > 0, 3_000));
    }
    await formSays(cell, plan);
    assert.equal(await field(page, 'Display name').inputValue(), title, 'what was typed is kept');
  },
  isDone: async ({ api, its, title }) => (await its.named(api, title)).length === 1,
  goOn: async (cell, plan) => {
    const { page, title } = cell;
    if (['done', 'unread'].includes(plan.outcome)) return;
    if (!plan.isDone) {
      if ((await button(page, 'Create group').count()) === 0) await newGroup.open(cell);
      await newGroup.send(cell);
      return heading(page, title).waitFor();
    }
    // It is to be looked at again before it is repeated.
    await main(page).getByRole('link', { name: 'Groups', exact: true }).click();
    await groupsAreRead(page);
    await page.getByRole('link', { name: title, exact: true }).waitFor();
  },
};
