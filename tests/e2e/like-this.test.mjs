// A new group like another: its fields, and if wished its people and their roles.
import assert from 'node:assert/strict';
import { at, enter, fieldsOf, memberRow, membersOf, openGroup, pathOf, people, said, soon, warned, writes } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { field, groupsAreRead } from './harness/steps.mjs';

const SNIP = '/api/account/groups';
const like = (page) => page.getByRole('link', { name: 'New group like this', exact: true });
const heading = (page, name) => page.getByRole('heading', { name, exact: true, level: 1 });
const withPeople = (page) => page.getByRole('checkbox', { name: /^With its people and their roles/ });
const create = (page) => page.getByRole('button', { name: 'Create group', exact: true }).click();
const receipt = (page) => page.getByRole('region', { name: /^Add \d+ pe/ });
const calls = (fault, key) => writes(fault).filter(({ path }) => path === membersOf(key)).map(({ body }) => JSON.parse(body));
const sorted = ({ admins, members }) => ({ admins: admins.toSorted(), members: members.toSorted() });

/** From the groups to the form of a group like this one. */
async function startFrom(page, name) {
  await openGroup(page, name);
  await like(page).click();
  await heading(page, 'New group').waitFor();
  await page.getByRole('link', { name, exact: true }).waitFor();
}

for (const viewport of ['wide', 'phone']) {
  for (const colorScheme of ['light', 'dark']) {
    journey(`fields, people and roles, each accounted for (${viewport}, ${colorScheme})`, { viewport, colorScheme }, async ({ page, api, axe, shot }) => {
      await enter(page);
      await startFrom(page, 'Data Science');
      assert.match(page.url(), /\/new-group\?like=data_science$/);
      await soon(() => field(page, 'Display name').inputValue(), 'Copy of Data Science');
      assert.equal(await field(page, 'Internal name').inputValue(), 'copy_of_data_science');
      const from = await fieldsOf(api, 'data_science');
      assert.equal(await field(page, 'Description').inputValue(), from.description);
      assert.equal(await field(page, 'Photo URL').inputValue(), from.photo);
      await field(page, 'Display name').fill('Data Science Paris');
      assert.equal(await field(page, 'Internal name').inputValue(), 'data_science_paris');
      const source = await people(api, 'data_science');
      const all = new Set([...source.admins, ...source.members]);
      assert.equal(await withPeople(page).isChecked(), false);
      await page.getByRole('checkbox', { name: `With its people and their roles (${all.size} people)`, exact: true }).check();
      await shot(`like-this-${viewport}-${colorScheme}`);
      await axe();
      await create(page);
      await heading(page, 'Data Science Paris').waitFor();
      await said(page, `All ${all.size} done`).waitFor();
      await receipt(page).getByRole('heading', { name: `Add ${all.size} people to Data Science Paris, as in Data Science` }).waitFor();
      await shot(`like-this-done-${viewport}-${colorScheme}`);
      await axe();
      // Carol is admin and member here too; alice, who made it, is an admin more.
      const made = await people(api, 'data_science_paris');
      assert.deepEqual(sorted(made), sorted({ admins: ['alice', ...source.admins], members: source.members }));
      for (const name of all) await memberRow(page, name).waitFor();
      assert.deepEqual({ ...(await fieldsOf(api, 'data_science_paris')), name: '', full_name: '' }, { ...from, name: '', full_name: '' });
      await receipt(page).getByRole('button', { name: 'Close', exact: true }).click();
      assert.equal(await receipt(page).count(), 0);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      assert.equal(wide, false, 'nothing is cut off at the side');
    });
  }
}

journey('only the fields, and what was typed is kept', {}, async ({ page, api, fault }) => {
  await enter(page);
  await startFrom(page, 'Engineering');
  await soon(() => field(page, 'Display name').inputValue(), 'Copy of Engineering');
  await field(page, 'Description').fill('Another');
  await create(page);
  await heading(page, 'Copy of Engineering').waitFor();
  assert.deepEqual(await people(api, 'copy_of_engineering'), { admins: ['alice'], members: [] });
  assert.equal((await fieldsOf(api, 'copy_of_engineering')).description, 'Another');
  assert.equal(await receipt(page).count(), 0);
  // Its own adding as admin is the only call.
  assert.equal(calls(fault, 'copy_of_engineering').length, 1);
});

journey('321 people, a hundred a call; oneself is not added twice', {}, async ({ page, api, fault }) => {
  await enter(page);
  await startFrom(page, 'All Staff');
  await withPeople(page).check();
  await create(page);
  await heading(page, 'Copy of All Staff').waitFor();
  // Alice is the admin there, and has just been made the admin here.
  await said(page, 'All 320 done').waitFor();
  const sent = calls(fault, 'copy_of_all_staff').map(({ admin = {}, member = {} }) => Object.keys({ ...admin, ...member }).length);
  assert.deepEqual(sent, [1, 100, 100, 100, 20]);
  assert.deepEqual(sorted(await people(api, 'copy_of_all_staff')), sorted(await people(api, 'all_staff')));
  await said(page, /^321 · read/).waitFor();
});

journey('refused, and tried again; an answer that is lost is settled by a look', {}, async ({ page, api, fault, expectRefused, shot }) => {
  await enter(page);
  await startFrom(page, 'Sales');
  await page.getByRole('checkbox', { name: 'Add me as a group admin' }).uncheck();
  await withPeople(page).check();
  const refused = fault.on('POST', membersOf('copy_of_sales'), { json: { status: 'ERROR', msg: 'Not today' } });
  await create(page);
  await said(page, '“Copy of Sales” was made.').waitFor();
  await warned(page, '0 of 6 done').waitFor();
  const not = receipt(page).getByRole('list', { name: 'Not done', exact: true }).getByRole('listitem');
  assert.equal(await not.count(), 6);
  assert.match((await not.allInnerTexts()).join(), /Not today/);
  await shot('like-this-refused');
  assert.deepEqual(await people(api, 'copy_of_sales'), { admins: [], members: [] });
  refused.off();
  expectRefused('network');
  fault.on('POST', membersOf('copy_of_sales'), { lose: true }, { times: 1 });
  await receipt(page).getByRole('button', { name: 'Retry refused', exact: true }).click();
  await said(page, 'All 6 done').waitFor();
  assert.deepEqual(sorted(await people(api, 'copy_of_sales')), sorted(await people(api, 'sales_group')));
});

journey('the group to be like cannot be read: it is said, and tried again', {}, async ({ page, api, fault, expectRefused, axe }) => {
  await enter(page);
  await groupsAreRead(page);
  expectRefused('network');
  const lost = fault.on('GET', pathOf('infra'), { refuse: true });
  await page.goto(at(page, 'new-group?like=infra'));
  await warned(page, 'The group to be like could not be read.').waitFor();
  await field(page, 'Display name').fill('Infra Berlin');
  await axe();
  lost.off();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  const { description } = await fieldsOf(api, 'infra');
  await soon(() => field(page, 'Description').inputValue(), description);
  assert.equal(await field(page, 'Display name').inputValue(), 'Infra Berlin');
  await create(page);
  await heading(page, 'Infra Berlin').waitFor();
  assert.equal((await fieldsOf(api, 'infra_berlin')).description, description);
});

journey('a connection that only looks makes none', {}, async ({ page, fault }) => {
  await enter(page, 'alice', { lookOnly: true });
  await openGroup(page, 'Sales');
  assert.equal(await like(page).count(), 0);
  assert.equal(writes(fault).length, 0);
});

for (const viewport of ['wide', 'phone']) {
  journey(`snip: the description, and why nobody comes along (${viewport})`, { viewport }, async ({ page, api, axe, shot }) => {
    await connect(page, { system: 'snip', user: 'carol' });
    await groupsAreRead(page);
    const { body } = await api(SNIP, { token: TOKENS.carol });
    const source = body.find(({ description, name }) => description && body.filter((other) => other.name === name).length === 1);
    await page.getByRole('table', { name: 'Groups' }).getByRole('link', { name: source.name, exact: true }).click();
    await like(page).click();
    await heading(page, 'New group').waitFor();
    await soon(() => field(page, 'Display name').inputValue(), `Copy of ${source.name}`);
    assert.equal(await field(page, 'Description').inputValue(), source.description);
    assert.equal(await withPeople(page).count(), 0);
    await page.getByText('Its people cannot come along. People cannot be added on snip').waitFor();
    await shot(`like-this-snip-${viewport}`);
    await axe();
    await create(page);
    await heading(page, `Copy of ${source.name}`).waitFor();
    const after = (await api(SNIP, { token: TOKENS.carol })).body;
    const made = after.find(({ name }) => name === `Copy of ${source.name}`);
    assert.equal(made.description, source.description);
    assert.equal(made.members.length, 1);
  });
}
