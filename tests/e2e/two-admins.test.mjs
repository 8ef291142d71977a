// Two people look after the same groups at once: nobody's change is lost without a question, and what is gone is met in words.
import assert from 'node:assert/strict';
import { changeRole, dialog, enter, fieldsOf, groupRow, memberRow, openGroup, openSettings, pathOf, people, removeButton, said, soon, warned, writes } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { baseOf, copied, described } from './harness/steps.mjs';

const details = (page) => page.getByRole('form', { name: 'Details', exact: true });
const field = (page, name) => details(page).getByRole('textbox', { name });
const save = (page) => page.getByRole('button', { name: 'Save changes', exact: true }).click();
const saved = (page) => said(page, /^Saved \d\d:\d\d$/).waitFor();
const question = (page, name) => page.getByRole('group', { name: `${name}: changed meanwhile`, exact: true });
const stopped = (page) => warned(page, 'Nothing was saved yet: somebody changed the same.').waitFor();

/** The first person's page and the second one's, both in the settings of Legal. */
async function both({ page, another }) {
  const second = await another();
  await enter(page);
  await openSettings(page, 'Legal');
  await enter(second.page, 'bob');
  await openSettings(second.page, 'Legal');
  return second;
}

journey('what does not clash is merged without a question', {}, async (t) => {
  const { page, api, fault } = t;
  const theirs = await both(t);
  await field(theirs.page, 'Display name').fill('Legal & Compliance');
  await save(theirs.page);
  await saved(theirs.page);
  const before = writes(fault).length;
  await field(page, 'Description').fill('Contracts.');
  await save(page);
  await saved(page);
  const { full_name, description } = await fieldsOf(api, 'legal');
  assert.deepEqual({ full_name, description }, { full_name: 'Legal & Compliance', description: 'Contracts.' });
  assert.deepEqual(writes(fault).slice(before).map(({ body }) => JSON.parse(body)), [{ description: 'Contracts.' }]);
  assert.equal(await field(page, 'Display name').inputValue(), 'Legal & Compliance');
});

journey('what both changed is asked, field by field: mine', {}, async (t) => {
  const { page, api, fault, axe } = t;
  const theirs = await both(t);
  await field(theirs.page, 'Description').fill('Theirs.');
  await field(theirs.page, 'Photo URL').fill('https://photo.example.com/theirs.png');
  await save(theirs.page);
  await saved(theirs.page);
  const before = writes(fault).length;
  await field(page, 'Description').fill('Mine.');
  await save(page);
  await stopped(page);
  await question(page, 'Description').getByText('Theirs.', { exact: true }).waitFor();
  assert.equal(await field(page, 'Description').inputValue(), 'Mine.');
  // What only they changed is taken over and said so; there is nothing to ask.
  assert.equal(await field(page, 'Photo URL').inputValue(), 'https://photo.example.com/theirs.png');
  assert.match(await described(field(page, 'Photo URL')), /Changed meanwhile: this is what the server shows now/);
  assert.equal(await question(page, 'Photo URL').count(), 0);
  await axe();
  await t.shot('clash');
  // Pressing again sends nothing either, and leads to the question.
  await save(page);
  assert.equal(await question(page, 'Description').evaluate((group) => group === document.activeElement), true);
  assert.equal(writes(fault).length, before);
  await page.getByRole('button', { name: 'Keep yours: Description', exact: true }).click();
  assert.equal(await field(page, 'Description').evaluate((input) => input === document.activeElement), true);
  await question(page, 'Description').waitFor({ state: 'detached' });
  await save(page);
  await saved(page);
  assert.equal((await fieldsOf(api, 'legal')).description, 'Mine.');
});

journey('what both changed is asked, field by field: theirs', { viewport: 'phone', colorScheme: 'dark' }, async (t) => {
  const { page, api, fault, axe } = t;
  const theirs = await both(t);
  await field(theirs.page, 'Description').fill('');
  await field(theirs.page, 'Display name').fill('Law');
  await save(theirs.page);
  await saved(theirs.page);
  const before = writes(fault).length;
  await field(page, 'Description').fill('Mine.');
  await field(page, 'Display name').fill('Legal affairs');
  await save(page);
  await stopped(page);
  await question(page, 'Description').getByText('nothing: it was emptied').waitFor();
  await axe();
  await t.shot('clash-phone');
  await page.getByRole('button', { name: 'Take theirs: Description', exact: true }).click();
  await page.getByRole('button', { name: 'Take theirs: Display name', exact: true }).click();
  assert.equal(await field(page, 'Description').inputValue(), '');
  await warned(page, 'Nothing was saved yet').waitFor({ state: 'detached' });
  await save(page);
  await said(page, 'Nothing was changed, so nothing was sent.').waitFor();
  assert.equal(writes(fault).length, before);
  assert.equal((await fieldsOf(api, 'legal')).full_name, 'Law');
});

journey('a question outlives a reload', {}, async (t) => {
  const { page, fault } = t;
  const theirs = await both(t);
  await field(theirs.page, 'Description').fill('Theirs.');
  await save(theirs.page);
  await saved(theirs.page);
  await field(page, 'Description').fill('Mine.');
  await page.reload();
  await question(page, 'Description').getByText('Theirs.', { exact: true }).waitFor();
  assert.equal(await field(page, 'Description').inputValue(), 'Mine.');
  const before = writes(fault).length;
  await save(page);
  await stopped(page);
  assert.equal(writes(fault).length, before);
});

journey('who saves the same as somebody else overwrites nothing', {}, async (t) => {
  const { page, fault } = t;
  const theirs = await both(t);
  await field(theirs.page, 'Description').fill('The same.');
  await save(theirs.page);
  await saved(theirs.page);
  const before = writes(fault).length;
  await field(page, 'Description').fill('The same.');
  await save(page);
  await said(page, 'The server shows this already, so nothing was sent.').waitFor();
  assert.equal(writes(fault).length, before);
});

journey('snip: what both changed is asked', {}, async ({ page, another, api, fault }) => {
  const second = await another();
  const open = async (one, user) => {
    await connect(one, { system: 'snip', user });
    await one.goto(`${baseOf(one)}/groups/2/settings`);
    await field(one, 'Description').waitFor();
  };
  await open(page, 'carol');
  await open(second.page, 'carol');
  await field(second.page, 'Description').fill('Theirs.');
  await save(second.page);
  await saved(second.page);
  const before = writes(fault).length;
  await field(page, 'Description').fill('Mine.');
  await save(page);
  await stopped(page);
  assert.equal(writes(fault).length, before);
  await page.getByRole('button', { name: 'Keep yours: Description', exact: true }).click();
  await save(page);
  await saved(page);
  assert.equal((await api('/api/account/groups/2', { token: TOKENS.carol })).body.description, 'Mine.');
});

journey('a group that somebody deletes while one types: what was typed can be copied', {}, async (t) => {
  const { page, context, fault, axe } = t;
  const theirs = await both(t);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await field(page, 'Description').fill('Typed with care.');
  await theirs.page.getByRole('button', { name: 'Delete group', exact: true }).click();
  await dialog(theirs.page, 'Delete Legal').getByRole('textbox').fill('legal');
  await dialog(theirs.page, 'Delete Legal').getByRole('button', { name: 'Delete group', exact: true }).click();
  await said(theirs.page, /was deleted|deleted/).first().waitFor();
  const before = writes(fault).length;
  await save(page);
  await page.getByRole('heading', { name: 'Nothing here', exact: true }).waitFor();
  await page.getByText('What you typed for it was not sent, and is kept.').waitFor();
  await page.getByText('Typed with care.', { exact: true }).waitFor();
  await axe();
  await t.shot('gone-with-draft');
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await said(page, 'Copied').waitFor();
  assert.equal(await copied(page), 'Typed with care.');
  await page.getByRole('button', { name: 'Throw away', exact: true }).click();
  await page.getByText('Typed with care.', { exact: true }).waitFor({ state: 'detached' });
  assert.equal(writes(fault).length, before);
});

journey('a group that somebody renames is found under its new name', {}, async (t) => {
  const { page, api } = t;
  const theirs = await both(t);
  await field(theirs.page, 'Internal name').fill('law');
  await save(theirs.page);
  await theirs.page.waitForURL(/\/groups\/law\/settings$/);
  await field(page, 'Description').fill('Typed with care.');
  await save(page);
  await page.getByRole('link', { name: 'Search for “Legal”', exact: true }).click();
  await groupRow(page, 'law').waitFor();
  assert.equal((await fieldsOf(api, 'law')).description !== 'Typed with care.', true);
});

journey('a role that somebody changed is not changed again unseen', {}, async ({ page, another, api }) => {
  const second = await another();
  await enter(page);
  await openGroup(page, 'Legal');
  await enter(second.page, 'bob');
  await openGroup(second.page, 'Legal');
  const { members } = await people(api, 'legal');
  const [one] = members;
  await changeRole(second.page, one, 'Admin');
  await memberRow(second.page, one).getByText(/^role changed/).waitFor();
  await changeRole(page, one, 'Admin');
  await memberRow(page, one).getByText('somebody changed this meanwhile, the role is now Admin').waitFor();
  // Who was removed meanwhile is not brought back by a change of role.
  await removeButton(second.page, one).click();
  const ask = dialog(second.page, `Remove ${one}?`);
  const asks = await Promise.race([ask.waitFor().then(() => true), memberRow(second.page, one).getByText(/^removed/).waitFor().then(() => false)]);
  if (asks) await ask.getByRole('button', { name: `Remove ${one}`, exact: true }).click();
  await soon(async () => (await people(api, 'legal')).admins.includes(one), false);
  await page.getByRole('button', { name: `Dismiss what happened to ${one}`, exact: true }).click();
  await changeRole(page, one, 'Member');
  await memberRow(page, one).getByText('somebody removed this person meanwhile').waitFor();
  const now = await people(api, 'legal');
  assert.equal([...now.admins, ...now.members].includes(one), false);
});

for (const [when, method] of [['before it is sent', 'GET'], ['while it is sent', 'PATCH']]) {
  journey(`a save goes on when its page is left ${when}`, {}, async ({ page, api, fault }) => {
    await enter(page);
    await openSettings(page, 'Legal');
    await field(page, 'Description').fill('Typed with care.');
    const slow = fault.on(method, pathOf('legal'), { delay: 700 }, { times: 1 });
    const struck = slow.struck();
    await save(page);
    await struck;
    await page.getByRole('link', { name: 'Activity', exact: true }).click();
    await page.getByRole('heading', { name: 'Activity', exact: true, level: 1 }).waitFor();
    await soon(async () => (await fieldsOf(api, 'legal')).description, 'Typed with care.');
    await page.getByText('Change Legal').first().waitFor();
    await soon(() => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('muster.draft.'))), []);
    assert.equal(writes(fault).length, 1);
  });
}
