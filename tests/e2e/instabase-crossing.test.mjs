// What crosses: two groups in one history, a slow list and a quick read, an undo and what changed since.
import assert from 'node:assert/strict';
import { LONG_LIST, allKeys, at, dialog, enter, groupRow, openGroup, people, said, soon } from './harness/instabase.mjs';
import { journey } from './harness/journey.mjs';

const description = (page) => page.getByRole('textbox', { name: 'Description', exact: true });
const settings = (page) => page.getByRole('link', { name: 'Settings', exact: true }).click();
const groups = (page) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Groups', exact: true }).click();

journey('what is typed for one group is not found in another, however one comes there', {}, async ({ page, api }) => {
  await enter(page);
  await openGroup(page, 'Legal');
  await settings(page);
  await description(page).waitFor();
  const before = await description(page).inputValue();
  await groups(page);
  await openGroup(page, 'Finance');
  await settings(page);
  await description(page).fill('Typed for Finance');
  // From the one group's settings straight to the other's.
  const legal = at(page, 'groups/legal/settings');
  await page.evaluate(() => history.go(-3));
  await page.waitForURL((url) => url.pathname === legal);
  await page.getByRole('heading', { name: 'Legal', exact: true, level: 1 }).waitFor();
  await soon(() => description(page).inputValue(), before, 'the description');
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await said(page, 'Nothing was changed, so nothing was sent.').waitFor();
  const { body } = await api('/api/v1/groups/group/legal');
  assert.equal(body.group.description, before);
});

journey('an undo that would take the last admin asks first', {}, async ({ page, api }) => {
  await enter(page);
  await openGroup(page, 'Movie Night');
  await page.getByRole('button', { name: /^Role of (?!yara)/ }).first().click();
  const form = page.getByRole('form', { name: /^Role of / });
  const name = (await form.getAttribute('aria-label')).replace('Role of ', '');
  await form.getByRole('radio', { name: 'Admin', exact: true }).check();
  await form.getByRole('button', { name: 'Change role', exact: true }).click();
  const undo = page.getByRole('button', { name: `Undo: ${name} role changed`, exact: true });
  await undo.waitFor();
  await page.getByRole('button', { name: 'Remove yara', exact: true }).click();
  await page.getByRole('button', { name: 'Undo: yara removed', exact: true }).waitFor();
  await undo.click();
  const question = dialog(page, `Change the role of ${name}?`);
  await question.getByText('This is the last admin').waitFor();
  await question.getByRole('button', { name: 'Leave it as it is', exact: true }).click();
  await question.waitFor({ state: 'detached' });
  assert.deepEqual((await people(api, 'movie_night')).admins, [name]);
});

journey('a list that comes late does not bring back what was deleted meanwhile', {}, async ({ page, api, fault }) => {
  await enter(page);
  await groupRow(page, 'research').waitFor();
  // The server has said all of it; it comes in pieces, and the end is the oldest news.
  const late = fault.on('GET', LONG_LIST, { slow: 400, pieces: 12 }, { times: 1 });
  const struck = late.struck();
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  await struck;
  await openGroup(page, 'Research');
  const key = new URL(page.url()).pathname.split('/').at(-1);
  await settings(page);
  await page.getByRole('button', { name: 'Delete group', exact: true }).click();
  await dialog(page, 'Delete Research').getByRole('textbox').fill(key);
  await dialog(page, 'Delete Research').getByRole('button', { name: 'Delete group', exact: true }).click();
  await said(page, '“Research” was deleted.').waitFor();
  await said(page, /· read \d\d:\d\d/).waitFor();
  assert.equal(await groupRow(page, 'research').count(), 0);
  assert.ok(!(await allKeys(api)).includes(key));
});

journey('the way to the groups in the bar leads to all of them', {}, async ({ page }) => {
  await enter(page);
  const search = page.getByRole('searchbox', { name: 'Search groups', exact: true });
  await search.fill('sales');
  await page.waitForURL(/q=sales/);
  await groups(page);
  await soon(() => search.inputValue(), '', 'the search');
  assert.equal(new URL(page.url()).search, '');
});
