// Staying fresh: what others change comes in by itself and is marked; what one reads or types does not move; what is old says so.
import assert from 'node:assert/strict';
import { LONG_LIST, at, enter, fieldsOf, groupRow, meanwhile, membersOf, memberRow, openGroup, openSettings, pathOf, people, said, soon } from './harness/instabase.mjs';
import { journey } from './harness/journey.mjs';
import { described, groupsAreRead } from './harness/steps.mjs';

/** What is said of how fresh the page is: a status of its own. */
const note = (page, words) => said(page, words);
const lists = (fault) => fault.log.filter(({ path }) => LONG_LIST.test(path)).length;
const describe = (api, key, text) => meanwhile(api, pathOf(key), { method: 'PATCH', body: { description: text } });

/** Opens the groups with a clock that can be set on. */
async function start(page) {
  await page.clock.install();
  await enter(page);
  await groupsAreRead(page);
}
/**
 * So long that a page which somebody looks at is read again, in steps: a request that is on its way meanwhile is not to take as
 * long by the clock that it is given up. A list that took seconds to read is read again after a hundred times as many.
 */
async function later({ page, requests }) {
  const asked = () => requests.filter(({ url }) => new URL(url).pathname.startsWith('/api/')).length;
  const before = asked();
  for (let passed = 0; passed < 1_200 && asked() === before; passed += 10) await page.clock.runFor(10_000);
}

journey('a list that is looked at is read again by itself, and what changed is marked', {}, async (t) => {
  const { page, api, fault, axe, shot } = t;
  await start(page);
  const before = lists(fault);
  await describe(api, 'legal', 'Changed by somebody else.');
  await page.getByRole('searchbox', { name: 'Search groups' }).fill('le');
  await page.getByRole('searchbox', { name: 'Search groups' }).press('End');
  await later(t);
  await groupRow(page, 'legal').getByText('Changed by somebody else.').waitFor();
  await note(page, /^1 group was changed elsewhere since \d\d:\d\d\./).waitFor();
  assert.ok(lists(fault) > before);
  // Where one types stays where one types.
  await page.keyboard.type('g');
  assert.equal(await page.getByRole('searchbox', { name: 'Search groups' }).inputValue(), 'leg');
  await page.getByText('Which', { exact: true }).click();
  await note(page, 'changed elsewhere').getByRole('link', { name: 'Legal', exact: true }).waitFor();
  await axe();
  await shot('changed-elsewhere');
  await page.getByRole('button', { name: 'Dismiss', exact: true }).click();
  await note(page, 'changed elsewhere').waitFor({ state: 'detached' });
});

journey('a group that somebody deleted is named as gone', {}, async (t) => {
  const { page, api } = t;
  await start(page);
  await meanwhile(api, pathOf('legal'), { method: 'DELETE' });
  await later(t);
  await groupRow(page, 'legal').waitFor({ state: 'detached' });
  await page.getByText('Which', { exact: true }).click();
  await note(page, 'changed elsewhere').getByText('Legal is gone').waitFor();
});

journey('returning to the tab reads again; coming back at once does not', {}, async (t) => {
  const { page, api, fault } = t;
  await start(page);
  const back = () => page.evaluate(() => window.dispatchEvent(new Event('focus')));
  const before = lists(fault);
  await back();
  await page.clock.runFor(1_000);
  assert.equal(lists(fault), before);
  await describe(api, 'legal', 'Changed by somebody else.');
  await page.clock.runFor(20_000);
  assert.equal(lists(fault), before);
  await back();
  await groupRow(page, 'legal').getByText('Changed by somebody else.').waitFor();
  assert.equal(lists(fault), before + 1);
});

journey('without a network that is said, and what is shown is read again when it is back', {}, async (t) => {
  const { page, context, api, fault, axe } = t;
  await start(page);
  await context.setOffline(true);
  await note(page, /^No network\. .* What you see was read at \d\d:\d\d\./).waitFor();
  await axe();
  const before = lists(fault);
  await describe(api, 'legal', 'Changed by somebody else.');
  await later(t);
  assert.equal(lists(fault), before);
  await context.setOffline(false);
  await groupRow(page, 'legal').getByText('Changed by somebody else.').waitFor();
  await note(page, 'No network').waitFor({ state: 'detached' });
});

journey('what could not be read again says since when it is old, and what is shown stays', {}, async (t) => {
  const { page, fault, axe, expectRefused, shot } = t;
  await start(page);
  expectRefused(500);
  const broken = fault.on('GET', LONG_LIST, { status: 500, body: 'out of order' });
  await later(t);
  await note(page, /^This is as it was at \d\d:\d\d\. Reading it again failed: /).waitFor();
  await groupRow(page, 'legal').waitFor();
  // Nothing stands in the page itself that was not there before.
  assert.equal(await page.getByRole('alert').count(), 0);
  await axe();
  await shot('stale');
  broken.off();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await note(page, 'This is as it was').waitFor({ state: 'detached' });
});

journey('a token that is refused in a reading nobody asked for puts no dialog over the page', {}, async (t) => {
  const { page, fault, expectRefused } = t;
  await start(page);
  expectRefused(401);
  fault.on('GET', LONG_LIST, { status: 401, body: { status: 'ERROR', msg: 'expired' } });
  await later(t);
  await note(page, 'This is as it was').waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
  await page.getByRole('button', { name: 'Connect again', exact: true }).click();
  await page.getByRole('dialog').waitFor();
});

journey('who was added, removed or given another role elsewhere is marked in their rows', {}, async (t) => {
  const { page, api, axe, shot } = t;
  await page.clock.install();
  await enter(page);
  await openGroup(page, 'Legal');
  const { members } = await people(api, 'legal');
  const [gone, raised] = members;
  await meanwhile(api, membersOf('legal'), { body: { member: { [gone]: false, [raised]: false, dave: true }, admin: { [raised]: true } } });
  await page.getByRole('searchbox', { name: 'Search members' }).focus();
  await later(t);
  await memberRow(page, 'dave').getByText(/^added elsewhere \d\d:\d\d$/).waitFor();
  await memberRow(page, gone).getByText(/^removed elsewhere \d\d:\d\d$/).waitFor();
  await memberRow(page, raised).getByText(/^changed elsewhere, was Member \d\d:\d\d$/).waitFor();
  await axe();
  await shot('members-elsewhere');
  await page.getByRole('button', { name: `Dismiss what happened to ${gone}`, exact: true }).click();
  await memberRow(page, gone).waitFor({ state: 'detached' });
});

journey('a field that somebody changed follows, and one that is typed in asks', {}, async (t) => {
  const { page, api } = t;
  await page.clock.install();
  await enter(page);
  await openSettings(page, 'Legal');
  const form = page.getByRole('form', { name: 'Details', exact: true });
  const field = (name) => form.getByRole('textbox', { name });
  await field('Display name').fill('Law');
  await meanwhile(api, pathOf('legal'), { method: 'PATCH', body: { description: 'Theirs.', full_name: 'Legal & Co' } });
  await later(t);
  await soon(() => field('Description').inputValue(), 'Theirs.');
  assert.match(await described(field('Description')), /Changed meanwhile: this is what the server shows now/);
  assert.equal(await field('Display name').inputValue(), 'Law');
  await page.getByRole('group', { name: 'Display name: changed meanwhile' }).getByText('Legal & Co', { exact: true }).waitFor();
  assert.equal((await fieldsOf(api, 'legal')).full_name, 'Legal & Co');
});

journey('a person’s groups are read again too', {}, async (t) => {
  const { page, api } = t;
  await page.clock.install();
  await enter(page);
  await groupsAreRead(page);
  await page.goto(at(page, 'people/dave'));
  await said(page, /read \d\d:\d\d/).waitFor();
  await meanwhile(api, membersOf('legal'), { body: { member: { dave: true } } });
  await later(t);
  await page.getByRole('table').getByRole('link', { name: 'Legal', exact: true }).waitFor();
});

journey('groups side by side are read again too, and say so where that failed', {}, async (t) => {
  const { page, api, fault, expectRefused } = t;
  await page.clock.install();
  await enter(page);
  await groupsAreRead(page);
  await page.goto(at(page, 'compare?group=legal&group=design'));
  const table = page.getByRole('table', { name: 'Comparison', exact: true });
  await said(page, /· read \d\d:\d\d/).waitFor();
  assert.equal(await table.getByRole('row').filter({ hasText: 'dave' }).count(), 0);
  await meanwhile(api, membersOf('legal'), { body: { member: { dave: true } } });
  await later(t);
  await table.getByRole('row').filter({ hasText: 'dave' }).waitFor();
  await note(page, 'This is as it was').waitFor({ state: 'detached' });
  expectRefused(500);
  const broken = fault.on('GET', pathOf('design'), { status: 500, body: 'out of order' });
  await later(t);
  await note(page, /^This is as it was at \d\d:\d\d\. Reading it again failed: /).waitFor();
  await table.getByRole('row').filter({ hasText: 'dave' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0, 'nothing stands in the page that was not there before');
  broken.off();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await note(page, 'This is as it was').waitFor({ state: 'detached' });
});

journey('people side by side are read again too', {}, async (t) => {
  const { page, api } = t;
  await page.clock.install();
  await enter(page);
  await groupsAreRead(page);
  await page.goto(at(page, 'compare?person=dave&person=bob'));
  await said(page, /· read \d\d:\d\d/).waitFor();
  const table = page.getByRole('table', { name: 'Comparison', exact: true });
  assert.equal(await table.getByRole('link', { name: 'Legal', exact: true }).count(), 0);
  await meanwhile(api, membersOf('legal'), { body: { member: { dave: true } } });
  await later(t);
  await table.getByRole('link', { name: 'Legal', exact: true }).waitFor();
});

journey('a page that nobody sees asks for nothing', {}, async (t) => {
  const { page, fault } = t;
  await start(page);
  const before = lists(fault);
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }));
  await later(t);
  assert.equal(lists(fault), before);
});

journey('what one does oneself is no news', {}, async (t) => {
  const { page, api, fault } = t;
  await start(page);
  await openGroup(page, 'Legal');
  const { members } = await people(api, 'legal');
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Groups', exact: true }).click();
  await groupsAreRead(page);
  // The list is on its way while somebody is removed.
  const hold = fault.on('GET', LONG_LIST, { delay: 1_500 }, { times: 1 });
  await later(t);
  await soon(() => hold.seen, 1);
  await page.getByRole('table', { name: 'Groups' }).getByRole('link', { name: 'Legal', exact: true }).click();
  await page.getByRole('button', { name: `Remove ${members[0]}`, exact: true }).click();
  await memberRow(page, members[0]).getByText(/^removed \d\d:\d\d/).waitFor();
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Groups', exact: true }).click();
  await describe(api, 'eng_group', 'Changed by somebody else.');
  await later(t);
  await note(page, /^1 group was changed elsewhere/).waitFor();
  await page.getByText('Which', { exact: true }).click();
  await note(page, 'changed elsewhere').getByRole('link', { name: 'Engineering', exact: true }).waitFor();
});

journey('what is said of one page is not said of another', {}, async (t) => {
  const { page, fault, expectRefused } = t;
  await page.clock.install();
  await enter(page);
  await openGroup(page, 'Legal');
  expectRefused(500);
  fault.on('GET', pathOf('legal'), { status: 500, body: 'out of order' });
  await later(t);
  await note(page, 'This is as it was').waitFor();
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await page.getByRole('heading', { name: 'Activity', exact: true, level: 1 }).waitFor();
  await note(page, 'This is as it was').waitFor({ state: 'detached' });
});

journey('on a long list the place and the focus stay while it is read again', {}, async (t) => {
  const { page, fault } = t;
  const lot = (n, description = '') => ({ name: `lot_${n}`, full_name: `Lot ${n}`, description, admins: [], members: [] });
  const all = Array.from({ length: 3_000 }, (_, n) => lot(1_000 + n));
  const long = fault.on('GET', LONG_LIST, { json: { status: 'OK', groups: all } });
  await start(page);
  await page.evaluate(() => window.scrollTo(0, 20_000));
  const held = page.getByRole('table', { name: 'Groups' }).getByRole('link', { name: 'Lot 1460', exact: true });
  await held.focus();
  const place = () => page.evaluate(() => [document.activeElement.textContent, Math.round(document.activeElement.getBoundingClientRect().top)]);
  const before = await place();
  assert.equal(before[0], 'Lot 1460');
  long.off();
  // Some come in above, one changes, and one goes.
  const next = [lot(1), lot(2), ...all.filter(({ name }) => name !== 'lot_1003').map((one) => (one.name === 'lot_1461' ? lot(1461, 'Changed.') : one))];
  fault.on('GET', LONG_LIST, { json: { status: 'OK', groups: next } });
  await later(t);
  await note(page, /^4 groups were changed elsewhere/).waitFor();
  await page.getByText('Changed.', { exact: true }).waitFor();
  assert.deepEqual(await place(), before);
});
