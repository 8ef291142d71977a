// One person and many groups: copied to a colleague, added to several, taken out of all.
import assert from 'node:assert/strict';
import { at, dialog, enter, fieldsOf, membersOf, people, said, soon, writes } from './harness/instabase.mjs';
import { journey } from './harness/journey.mjs';

const press = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
const rowsOf = (page, name) => page.getByRole('table', { name: `Groups of ${name}`, exact: true }).getByRole('row').filter({ has: page.getByRole('link') });

/** The groups of somebody, as the server says: key → roles. */
async function groupsOf(api, name) {
  const { body } = await api(`/api/v1/groups/list?get_members=true&username=${encodeURIComponent(name)}`);
  const has = (list) => list.some((one) => one.name === name);
  return Object.fromEntries(
    body.groups
      .filter(({ admins, members }) => has(admins) || has(members))
      .map(({ name: key, admins, members }) => [key, [...(has(admins) ? ['admin'] : []), ...(has(members) ? ['member'] : [])]]),
  );
}

async function openPerson(page, name) {
  await enter(page);
  await said(page, /· read/).waitFor();
  await page.goto(at(page, `people/${encodeURIComponent(name)}`));
  await said(page, /· read \d\d:\d\d$/).waitFor();
}

for (const quirks of [false, true]) {
  journey(`a colleague's groups are copied to a joiner, as plain member${quirks ? ' (quirks)' : ''}`, { quirks }, async ({ page, api, server, axe, shot }) => {
    await server.run('user', 'add', 'joiner', '--email', 'joiner@example.com');
    const theirs = await groupsOf(api, 'carol');
    await openPerson(page, 'carol');
    await page.getByRole('button', { name: 'Copy groups to…', exact: true }).click();
    await page.getByRole('combobox', { name: 'To', exact: true }).fill('joiner');
    const ticks = page.getByRole('list', { name: 'Groups', exact: true });
    const keys = Object.keys(theirs);
    // One is left out on purpose.
    const out = keys.at(-1);
    await ticks.getByRole('listitem').filter({ hasText: out }).getByRole('checkbox').first().uncheck();
    await axe();
    await shot('copy-groups');
    await press(page, 'Review');
    await dialog(page, `Copy ${keys.length - 1} groups of carol to 1 person`).waitFor();
    await press(page, 'Copy groups');
    await said(page, new RegExp(`^All ${keys.length - 1} done`)).waitFor();
    const now = await groupsOf(api, 'joiner');
    assert.deepEqual(Object.keys(now).sort(), keys.filter((key) => key !== out).sort());
    assert.ok(Object.values(now).every((roles) => roles.join() === 'member'), 'none as admin');
    assert.deepEqual(await groupsOf(api, 'carol'), theirs, 'nothing was taken from her');
    await press(page, 'Close');
  });
}

journey('somebody whom the server does not know: one group is tried, the others are not', {}, async ({ page, api, fault }) => {
  const theirs = Object.keys(await groupsOf(api, 'carol'));
  await openPerson(page, 'carol');
  await page.getByRole('button', { name: 'Copy groups to…', exact: true }).click();
  await page.getByRole('combobox', { name: 'To', exact: true }).fill('nobody_like_that');
  await press(page, 'Review');
  await press(page, 'Copy groups');
  await page.getByRole('dialog').getByRole('alert').filter({ hasText: new RegExp(`^0 of ${theirs.length} done\\. 1 refused\\. ${theirs.length - 1} not done\\.$`) }).waitFor();
  assert.equal(writes(fault).length, 1, 'one call');
  assert.deepEqual(await groupsOf(api, 'nobody_like_that'), {});
  await press(page, 'Close');
});

journey('as admin only where it is asked for', {}, async ({ page, api }) => {
  const theirs = await groupsOf(api, 'carol');
  const led = Object.keys(theirs).filter((key) => theirs[key].includes('admin'));
  await openPerson(page, 'carol');
  await page.getByRole('button', { name: 'Copy groups to…', exact: true }).click();
  await page.getByRole('combobox', { name: 'To', exact: true }).fill('dave');
  const before = await groupsOf(api, 'dave');
  const one = led.find((key) => !before[key]);
  const line = page.getByRole('list', { name: 'Groups', exact: true }).getByRole('listitem').filter({ hasText: one });
  await line.getByRole('checkbox', { name: 'as Admin too' }).check();
  await press(page, 'Review');
  await press(page, 'Copy groups');
  await said(page, /^(All \d+ d|D)one/).waitFor();
  const now = await groupsOf(api, 'dave');
  for (const key of Object.keys(theirs)) {
    if (before[key]) assert.deepEqual(now[key], before[key], `${key} is as it was`);
    else assert.deepEqual(now[key], [key === one ? 'admin' : 'member'], key);
  }
  await press(page, 'Close');
});

journey('a leaver is taken out of all groups, successors first, and a read proves it', {}, async ({ page, api, axe, shot }) => {
  const theirs = await groupsOf(api, 'carol');
  const lone = [];
  for (const key of Object.keys(theirs)) {
    const { admins } = await people(api, key);
    if (admins.length === 1 && admins[0] === 'carol') lone.push(key);
  }
  await openPerson(page, 'carol');
  await page.getByRole('button', { name: 'Remove from all groups…', exact: true }).click();
  const sheet = dialog(page, 'Remove carol from all groups');
  await sheet.waitFor();
  const asks = sheet.getByRole('combobox');
  assert.equal(await asks.count(), lone.length, 'asked where she is the last admin');
  if (lone.length > 0) {
    await press(page, 'Review');
    await sheet.getByText('Say for each group who follows.', { exact: true }).waitFor();
  }
  const heirs = {};
  for (const key of lone) {
    const { members } = await people(api, key);
    const { full_name: name } = await fieldsOf(api, key);
    const heir = members.find((name) => name !== 'carol');
    heirs[key] = heir;
    await sheet.getByRole('combobox', { name: `Who follows in ${name}`, exact: true }).selectOption(heir ? { label: heir } : 'nobody');
  }
  await axe();
  await press(page, 'Review');
  await shot('remove-all-review');
  const count = Object.keys(theirs).length;
  await press(page, `Remove from ${count} groups`);
  await said(page, /^All \d+ done, read back and proved/).waitFor();
  await said(page, /^A read of all groups of carol at \d\d:\d\d shows none\.$/).waitFor();
  await shot('remove-all-receipt');
  assert.deepEqual(await groupsOf(api, 'carol'), {});
  for (const [key, heir] of Object.entries(heirs)) {
    const { admins } = await people(api, key);
    assert.deepEqual(admins, heir ? [heir] : [], key);
  }
  await press(page, 'Close');
  await page.getByText('In no group known here any more', { exact: true }).waitFor();
});

journey('a successor who cannot be made admin: the leaver stays there, and it is said', {}, async ({ page, api, server }) => {
  // A group of hers alone, with one member who is no more.
  await server.api('/api/v1/groups/group/lone_lead', { method: 'POST', body: { full_name: 'Lone Lead' } });
  await server.run('user', 'add', 'ghost', '--email', 'ghost@example.com');
  await server.api(membersOf('lone_lead'), { method: 'POST', body: { admin: { quentin: true }, member: { ghost: true } } });
  await openPerson(page, 'quentin');
  const theirs = await groupsOf(api, 'quentin');
  await server.run('user', 'remove', 'ghost');
  await page.getByRole('button', { name: 'Remove from all groups…', exact: true }).click();
  const sheet = dialog(page, 'Remove quentin from all groups');
  for (const one of await sheet.getByRole('combobox').all()) {
    const label = await one.evaluate((select) => select.labels[0].textContent);
    await one.selectOption(label.includes('Lone Lead') ? { label: 'ghost' } : 'nobody');
  }
  await press(page, 'Review');
  await press(page, `Remove from ${Object.keys(theirs).length} groups`);
  await page.getByRole('dialog').getByRole('alert').filter({ hasText: /1 refused\. 1 not done\.$/ }).waitFor();
  assert.deepEqual(Object.keys(await groupsOf(api, 'quentin')), ['lone_lead']);
  assert.deepEqual((await people(api, 'lone_lead')).admins, ['quentin']);
  await said(page, /shows 1 group\.$/).waitFor();
  await press(page, 'Close');
});

journey('the account was deleted before: the server refuses, the receipt says what may lie behind it, and who they are stays', {}, async ({ page, api, server }) => {
  const theirs = Object.keys(await groupsOf(api, 'dave'));
  await server.run('user', 'remove', 'dave');
  await openPerson(page, 'dave');
  await page.getByRole('button', { name: 'Remove from all groups…', exact: true }).click();
  await press(page, 'Review');
  await press(page, `Remove from ${theirs.length} ${theirs.length === 1 ? 'group' : 'groups'}`);
  await page.getByRole('dialog').getByRole('alert').filter({ hasText: new RegExp(`^0 of ${theirs.length} done\\. ${theirs.length} refused\\.$`) }).waitFor();
  await page.getByRole('list', { name: 'Not done', exact: true }).getByRole('listitem').first().getByText(/refused: “.*not found.*”/).waitFor();
  assert.deepEqual(Object.keys(await groupsOf(api, 'dave')), theirs, 'the name stays in its groups');
  await said(page, new RegExp(`shows ${theirs.length} groups?\\.$`)).waitFor();
  await press(page, 'Close');
});

journey('added to several groups, and taken out of those that are selected', {}, async ({ page, api }) => {
  await openPerson(page, 'dave');
  const before = await groupsOf(api, 'dave');
  await page.getByRole('button', { name: 'Add to groups', exact: true }).click();
  const box = page.getByRole('combobox', { name: 'Group', exact: true });
  for (const [typed, key] of [['archive', 'archive_2019'], ['design', 'design']]) {
    assert.ok(!before[key]);
    await box.fill(typed);
    await page.getByRole('listbox', { name: 'Group', exact: true }).getByRole('option').first().click();
  }
  await press(page, 'Review');
  await dialog(page, 'Add dave to 2 groups').waitFor();
  await press(page, 'Add to 2 groups');
  await said(page, /^All 2 done/).waitFor();
  await press(page, 'Close');
  await soon(() => rowsOf(page, 'dave').count(), Object.keys(before).length + 2);
  for (const name of ['Archive 2019', 'Design']) await page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check();
  await page.getByRole('group', { name: 'Selection', exact: true }).getByRole('button', { name: 'Remove from these groups', exact: true }).click();
  await press(page, 'Remove from 2 groups');
  await said(page, /^All 2 done/).waitFor();
  await press(page, 'Close');
  assert.deepEqual(await groupsOf(api, 'dave'), before);
  await soon(() => rowsOf(page, 'dave').count(), Object.keys(before).length);
});

journey('on a phone: from a person to their groups’ copy', { viewport: 'phone' }, async ({ page, axe, shot }) => {
  await openPerson(page, 'carol');
  await shot('person-phone');
  await page.getByRole('button', { name: 'Copy groups to…', exact: true }).click();
  await axe();
  await shot('copy-groups-phone');
  await page.keyboard.press('Escape');
});
