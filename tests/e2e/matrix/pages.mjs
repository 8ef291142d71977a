// The kinds of page: the columns of the matrix, each by what is read for it.
//
//   reply     the shape of what is read: 'list' or 'group'
//   struck    which requests a fault strikes
//   address   where it is opened anew, so that nothing is known yet
//   cold      what stands before the sentence then;  warm: the same where something is shown already
//   open      what is pressed before it reads;  again: how it is read again
//   there     what is shown stands on the page;  isRead: and was read just now
//   tryAgain  the way on that is offered;  mend: how that is read again which was half understood, if not by `again`
//   type, kept   what is typed while the fault lasts, and whether it is still there
//   empty     what would claim that there is nothing
//   some      what tells of groups that could not be understood
//   all       each field is tried, not two of them
//   writes    why nothing is written from it, where nothing is
//   prepare   what has to be so on the server
import assert from 'node:assert/strict';
import { field } from '../harness/steps.mjs';
import { button, dialog, gone, main, note, said, until } from './look.mjs';

const READ = /read \d\d:\d\d/;
const typed = 'Typed with care.';
const readAgain = ({ page }) => button(main(page), 'Read again').first().click();
const tryAgain = ({ page }) => button(main(page), 'Try again').click();
const row = (page, table, text) => page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text });
const heading = (page, name) => page.getByRole('heading', { name, level: 1 });
const cannotBeShown = (count) => new RegExp(`^${count} groups? could not be understood and cannot be shown\\.`);

/** Away over the list of groups, and back by the browser's own way: what was known is still known. */
async function leaveAndReturn({ page }) {
  await main(page).getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Groups', exact: true }).click();
  await heading(page, 'Groups').waitFor();
  await page.goBack();
}

/** The group that a new one is like; it has its key for a name where it has none. */
const like = (page, its) => main(page).getByRole('link', { name: new RegExp(`^${its.name}|^${its.key}$`) });

const NO_FORM = 'the fields are made of the group, and there are none before it was read';

export const PAGES = {
  list: {
    name: 'the list of groups',
    reply: 'list',
    struck: (its) => its.lists,
    address: () => 'groups',
    cold: 'The groups could not be read',
    warm: 'The list is not complete: ',
    again: readAgain,
    there: ({ page, its }) => page.getByRole('table', { name: 'Groups' }).getByRole('link', { name: new RegExp(`^${its.name}`) }).waitFor(),
    isRead: ({ page }) => said(main(page), READ).waitFor(),
    tryAgain,
    empty: [/No groups yet/, /no groups? yet/i, /No group matches/],
    some: ({ page }, count) => note(page, cannotBeShown(count)).waitFor(),
    all: true,
    writes: 'what is done from it is done to several groups: a run',
  },
  members: {
    name: "a group's members",
    reply: 'group',
    prepare: ({ api, its }) => its.give(api, its.key, its.person, 'member'),
    struck: (its) => its.path(its.key),
    address: (its) => `groups/${its.key}`,
    cold: 'The group could not be read',
    warm: 'This may be old: the group could not be read again.',
    again: readAgain,
    there: ({ page, its }) => row(page, 'Members', its.person).waitFor(),
    isRead: ({ page }) => said(main(page), READ).waitFor(),
    unlisted: ({ page }) => note(page, 'The server does not say who is in this group.').waitFor(),
    tryAgain,
    empty: [/Nobody is in this group/, /There is no group/],
    all: true,
  },
  settings: {
    name: "a group's settings",
    reply: 'group',
    struck: (its) => its.path(its.key),
    address: (its) => `groups/${its.key}/settings`,
    cold: 'The group could not be read',
    warm: 'This may be old: the group could not be read again.',
    again: leaveAndReturn,
    there: ({ page }) => field(page, 'Description').waitFor(),
    isRead: ({ page }) => field(page, 'Description').waitFor(),
    type: ({ page }) => field(page, 'Description').fill(typed),
    kept: async ({ page }) => assert.equal(await field(page, 'Description').inputValue(), typed),
    typesCold: NO_FORM,
    tryAgain,
    empty: [/Nobody is in this group/, /There is no group/],
  },
  newGroup: {
    name: 'new group',
    reply: 'group',
    struck: (its) => its.path(its.key),
    address: (its) => `new-group?like=${its.key}`,
    cold: 'The group to be like could not be read.',
    warm: 'This may be old: the group to be like could not be read again.',
    again: leaveAndReturn,
    there: ({ page, its }) => like(page, its).waitFor(),
    // The link stands there before that, by the key.
    isRead: ({ page }) => until('that the fields are taken over', async () => /^Copy of /.test(await field(page, 'Display name').inputValue())),
    type: ({ page }) => field(page, 'Description').fill(typed),
    kept: async ({ page }) => assert.equal(await field(page, 'Description').inputValue(), typed),
    tryAgain,
    empty: [/Nobody is in it/, /There is no group/],
  },
  people: {
    name: 'people',
    reply: 'list',
    struck: (its) => its.lists,
    address: () => 'people',
    cold: 'The people could not be read',
    warm: 'The list is not complete: ',
    again: readAgain,
    there: ({ page }) => page.getByRole('table', { name: 'People', exact: true }).getByRole('link').first().waitFor(),
    isRead: ({ page }) => said(main(page), READ).waitFor(),
    tryAgain,
    empty: [/Nobody is in a group yet/, /Nobody matches/],
    some: ({ page }, count) => note(page, cannotBeShown(count)).waitFor(),
    writes: 'nothing is changed from it',
  },
  person: {
    name: 'a person',
    reply: 'list',
    struck: (its) => its.listOf,
    address: (its) => `people/${encodeURIComponent(its.personKey)}`,
    cold: 'The groups of this person could not be read',
    warm: 'This may be old, and there may be more: the groups could not all be read.',
    again: readAgain,
    there: ({ page, its }) => page.getByRole('table', { name: /^Groups of / }).getByRole('link', { name: new RegExp(`^${its.name}`) }).waitFor(),
    isRead: ({ page }) => said(main(page), READ).waitFor(),
    tryAgain,
    empty: [/In no group known here/, /No group matches/],
    some: ({ page }, count) => note(page, new RegExp(`^${count} groups? of the answer could not be understood and cannot be shown\\.`)).waitFor(),
    writes: 'what is done from it is done to several groups: a run',
  },
  compare: {
    name: 'compare',
    reply: 'group',
    struck: (its) => new RegExp(`${its.lists.source}|^(${its.pair.map((key) => its.path(key)).join('|')})$`),
    address: (its) => `compare?group=${its.pair[0]}&group=${its.pair[1]}`,
    cold: 'This may be old: not all of it could be read.',
    warm: 'This may be old: not all of it could be read.',
    again: readAgain,
    there: ({ page }) => page.getByRole('table', { name: 'Comparison' }).getByRole('row').nth(1).waitFor(),
    isRead: ({ page }) => said(main(page), /· read \d\d:\d\d/).waitFor(),
    unlisted: ({ page }) => note(page, /It is not known who is in .*: that column is empty\./).waitFor(),
    tryAgain,
    empty: [/Nothing to compare/, /Nobody is in any of them/],
    writes: 'its way to a change is the review, which has a column of its own',
  },
  snapshots: {
    name: 'snapshots',
    reply: 'list',
    struck: (its) => its.lists,
    address: () => 'snapshots',
    cold: 'The list of groups was not read whole, and a snapshot needs all of them.',
    warm: 'What is so now could not be read whole: without all of it, nothing can be said of what has changed.',
    open: ({ page }) => button(main(page), 'Save a snapshot').click(),
    type: ({ page, mark }) => dialog(page, 'Save a snapshot').getByRole('textbox', { name: /^Name/ }).fill(mark),
    typesWarm: 'nothing can be typed where two states are compared but a search',
    kept: async ({ page, mark }) => assert.equal(await dialog(page, 'Save a snapshot').getByRole('textbox', { name: /^Name/ }).inputValue(), mark),
    there: ({ page }) => dialog(page, 'Save a snapshot').getByText(/^\d+ groups, read at \d\d:\d\d\.$/).waitFor(),
    isRead: ({ page }) => button(dialog(page, 'Save a snapshot'), 'Save').and(page.locator(':enabled')).waitFor(),
    blocked: async ({ page }) => assert.ok(await button(dialog(page, 'Save a snapshot'), 'Save').isDisabled(), 'half of the groups are no snapshot'),
    tryAgain: ({ page }) => button(page, 'Try again').click(),
    mend: ({ page }) => button(page, 'Try again').click(),
    some: ({ page }, count) => page.getByText(new RegExp(`^${count} groups? could not be understood: a snapshot without them would show them as gone\\.`)).waitFor(),
    /** From what was opened cold to what is read again: saved, and then compared with what is so now. */
    onward: async ({ page, mark }) => {
      await button(dialog(page, 'Save a snapshot'), 'Save').click();
      await gone(dialog(page, 'Save a snapshot'));
      await button(main(page), mark).click();
      await page.getByText('Nothing has changed', { exact: true }).waitFor();
    },
    again: readAgain,
    thereWarm: ({ page }) => heading(page, /^Changes since /).waitFor(),
    isReadWarm: ({ page }) => said(main(page), /· read \d\d:\d\d/).waitFor(),
    // It was read to its end: nothing is being read any more.
    atRest: async ({ page }) => assert.equal(await said(main(page), 'Reading again…').count(), 0, 'says that it reads, and does not'),
    someWarm: ({ page }, count) => note(page, new RegExp(`^${count} groups? of the list could not be understood now: what stands here as gone may be among them\\.`)).waitFor(),
    empty: [/No snapshot is kept here.*Nothing/],
    writes: 'what is saved stays in the browser; its way back to what was is the review',
  },
};
