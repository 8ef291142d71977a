// Several at once: selected, reviewed, done in calls, with an account of each; on Instabase.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { at, dialog, enter, fieldsOf, groupRow, groupRows, memberRow, meanwhile, membersOf, openGroup, pathOf, people, said, soon, writes } from './harness/instabase.mjs';
import { journey } from './harness/journey.mjs';

const STAFF = 'all_staff';
const bar = (page) => page.getByRole('group', { name: 'Selection', exact: true });
const act = (page, name) => bar(page).getByRole('button', { name, exact: true }).click();
const pick = (page, name) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
const outcomes = (page, name) => page.getByRole('list', { name, exact: true }).getByRole('listitem');
const press = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
const calls = (fault, key) => writes(fault).filter(({ path }) => path === membersOf(key)).map(({ body }) => JSON.parse(body));
const named = (body) => Object.values(body).flatMap((people) => Object.keys(people));
const search = (page, what) => page.getByRole('searchbox', { name: 'Search members', exact: true }).fill(what);

/** Opens the group with everybody in it, selects all and asks to remove them; gives who they are. */
async function removeAll(page, api) {
  await enter(page);
  await openGroup(page, 'All Staff');
  const { admins, members } = await people(api, STAFF);
  await pick(page, members[0]).check();
  await bar(page).getByRole('button', { name: /^Select all 321 members that match$/ }).click();
  // Who asks stays, or nobody is left to put them back.
  await search(page, 'alice');
  await pick(page, 'alice').uncheck();
  await search(page, '');
  await said(bar(page), '320').waitFor();
  await act(page, 'Remove');
  await dialog(page, 'Remove 320 people from All Staff').waitFor();
  return { admins, members };
}

for (const quirks of [false, true]) {
  const kind = quirks ? ' (quirks)' : '';

  journey(`members picked by range survive search and sort, are reviewed, removed, and brought back${kind}`, { quirks }, async ({ page, api, fault, axe, shot }) => {
    await enter(page);
    await openGroup(page, 'Infrastructure');
    const before = await people(api, 'infra');
    const names = await page.getByRole('table', { name: 'Members' }).getByRole('checkbox').evaluateAll((boxes) => boxes.map((box) => box.ariaLabel.replace('Select ', '')));
    const [first, second, third] = names.slice(5, 8);
    await pick(page, first).check();
    await pick(page, third).click({ modifiers: ['Shift'] });
    await said(bar(page), '3').waitFor();
    assert.ok(await pick(page, second).isChecked(), 'the one between them too');
    await search(page, first);
    await said(page, /^1 of 14/).waitFor();
    await page.getByRole('columnheader').getByRole('button', { name: 'Member', exact: true }).click();
    await said(bar(page), '3').waitFor();
    await search(page, '');
    await axe();
    await act(page, 'Remove');
    await dialog(page, 'Remove 3 people from Infrastructure').waitFor();
    await soon(async () => (await outcomes(page, 'What will be done').allInnerTexts()).map((text) => text.split('\n')[0]).sort(), [first, second, third].sort());
    assert.equal(writes(fault).length, 0, 'nothing is sent before');
    await page.getByRole('dialog').getByRole('textbox', { name: 'Ticket' }).fill('HR-1182');
    await axe();
    await press(page, 'Remove 3 people');
    await said(page, /^All 3 done, read back and proved at \d\d:\d\d\.$/).waitFor();
    await shot('bulk-receipt');
    assert.equal(calls(fault, 'infra').length, 1, 'one call');
    const left = await people(api, 'infra');
    assert.deepEqual([...left.admins, ...left.members].sort(), [...before.admins, ...before.members].filter((name) => ![first, second, third].includes(name)).sort());
    await press(page, 'Undo');
    await dialog(page, 'Undo: Remove 3 people from Infrastructure').waitFor();
    await said(page, /^All 3 done/).waitFor();
    await press(page, 'Close');
    const again = await people(api, 'infra');
    assert.deepEqual(again.admins.sort(), before.admins.sort());
    assert.deepEqual(again.members.sort(), before.members.sort());
    await memberRow(page, first).waitFor();
    // Both are in the activity, with the ticket, and the first can be taken back no more.
    await page.getByRole('link', { name: 'Activity', exact: true }).click();
    await page.getByRole('button', { name: 'Remove 3 people from Infrastructure', exact: true }).click();
    await page.getByText('This was taken back; see Activity.', { exact: true }).waitFor();
    assert.equal(await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).count(), 0);
    assert.equal(await page.getByRole('dialog').getByRole('textbox', { name: 'Ticket' }).inputValue(), 'HR-1182');
    await press(page, 'Close');
  });
}

journey('320 people in calls of a hundred; the server asks for a pause in the middle', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused(429);
  await removeAll(page, api);
  fault.on('POST', membersOf(STAFF), { delay: 50 });
  const first = fault.on('POST', membersOf(STAFF), {}, { times: 1 });
  const struck = first.struck();
  await press(page, 'Remove 320 people');
  await struck;
  fault.on('POST', membersOf(STAFF), { status: 429, body: { status: 'ERROR', msg: 'Slow down' }, headers: { 'retry-after': '2' } }, { times: 1 });
  await page.getByText(/The server asks for a pause\. It goes on by itself at \d\d:\d\d:\d\d\./).waitFor();
  await said(page, /^All 320 done, read back and proved/).waitFor();
  const sent = calls(fault, STAFF);
  assert.deepEqual(sent.map((body) => named(body).length), [100, 100, 100, 100, 20], 'a call of 100 was refused and sent again');
  assert.deepEqual(await people(api, STAFF), { admins: ['alice'], members: [] });
});

journey('the connection is lost in the third call and comes back: nobody is lost, nobody sent twice without a look', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  await removeAll(page, api);
  const lost = fault.on('POST', membersOf(STAFF), { lose: true }, { times: 1 });
  fault.on('POST', membersOf(STAFF), {}, { times: 2 });
  const struck = lost.struck();
  await press(page, 'Remove 320 people');
  await struck;
  await fault.down();
  await page.getByText(/The server cannot be reached\. Nothing is lost/).waitFor();
  assert.deepEqual((await people(api, STAFF)).members.length, 20, 'the third call was done, its answer lost');
  await fault.up();
  await press(page, 'Try now');
  await said(page, /^All 320 done, read back and proved/).waitFor();
  const everybody = calls(fault, STAFF).flatMap(named);
  assert.equal(new Set(everybody).size, everybody.length, 'nobody was sent twice');
  assert.deepEqual(await people(api, STAFF), { admins: ['alice'], members: [] });
});

journey('the page is closed in the middle: what was under way is looked up, and it goes on where it stood', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  await removeAll(page, api);
  const hang = fault.on('POST', membersOf(STAFF), { lose: true, delay: 20 }, { times: 1 });
  const later = fault.on('GET', pathOf(STAFF), { hang: true });
  fault.on('POST', membersOf(STAFF), {}, { times: 1 });
  const once = fault.on('GET', pathOf(STAFF), {}, { times: 1 });
  const struck = hang.struck();
  await press(page, 'Remove 320 people');
  await struck;
  await soon(() => later.seen > 0, true, 'the look after the lost call hangs');
  assert.equal(once.seen, 1);
  later.off();
  await page.reload();
  const open = page.getByRole('link', { name: '1 to look at', exact: true });
  await open.click();
  await page.getByRole('button', { name: 'Remove 320 people from All Staff', exact: true }).click();
  await page.getByText(/This was cut off when its page was closed/).waitFor();
  assert.equal((await people(api, STAFF)).members.length, 120, 'two calls were done');
  await soon(() => outcomes(page, 'Done').count(), 200, 'and both are known to be');
  await press(page, 'Go on');
  await said(page, /^All 320 done/).waitFor();
  const everybody = calls(fault, STAFF).flatMap(named);
  assert.equal(new Set(everybody).size, everybody.length, 'nobody was sent twice');
  assert.deepEqual(await people(api, STAFF), { admins: ['alice'], members: [] });
  await press(page, 'Close');
});

journey('stopped in the middle: what was sent is told, the rest is left, and may be done later', {}, async ({ page, api, fault }) => {
  await removeAll(page, api);
  const second = fault.on('POST', membersOf(STAFF), { delay: 400 });
  await press(page, 'Remove 320 people');
  await second.struck();
  await press(page, 'Stop');
  await page.getByRole('dialog').getByRole('alert').filter({ hasText: /^\d00 of 320 done/ }).waitFor();
  const left = (await people(api, STAFF)).members.length;
  assert.equal(left % 100, 20);
  second.off();
  await press(page, 'Retry refused');
  await said(page, /^All 320 done/).waitFor();
  assert.deepEqual(await people(api, STAFF), { admins: ['alice'], members: [] });
});

journey('a window that is closed in the middle asks, and the run goes on behind it', {}, async ({ page, api, fault }) => {
  await removeAll(page, api);
  const slow = fault.on('POST', membersOf(STAFF), { delay: 500 });
  await press(page, 'Remove 320 people');
  await slow.struck();
  await page.keyboard.press('Escape');
  await press(page, 'Go on in the background');
  await page.getByRole('link', { name: /^\d+ of 320 under way$/ }).waitFor();
  slow.off();
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await page.getByRole('row').filter({ hasText: 'all 320 done' }).waitFor();
  assert.deepEqual(await people(api, STAFF), { admins: ['alice'], members: [] });
});

journey('role changes: who was removed or changed by somebody else meanwhile is left alone and said so', {}, async ({ page, api, fault }) => {
  await enter(page);
  await openGroup(page, 'Infrastructure');
  const { members } = await people(api, 'infra');
  const [gone, risen, plain] = members;
  for (const name of [gone, risen, plain]) await pick(page, name).check();
  await act(page, 'Change role');
  await page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).selectOption('Admin');
  await press(page, 'Review');
  await dialog(page, 'Change the role of 3 people in Infrastructure to Admin').waitFor();
  await meanwhile(api, membersOf('infra'), { body: { member: { [gone]: false } } });
  await meanwhile(api, membersOf('infra'), { body: { admin: { [risen]: true }, member: { [risen]: false } } });
  await press(page, 'Change 3 people');
  await page.getByRole('dialog').getByRole('alert').filter({ hasText: /^1 of 3 done/ }).waitFor();
  const bad = await outcomes(page, 'Not done').allInnerTexts();
  assert.ok(bad.some((text) => text.startsWith(gone) && text.includes('somebody removed this person meanwhile')), bad.join('|'));
  assert.ok(bad.some((text) => text.startsWith(risen) && text.includes('the role is now Admin')), bad.join('|'));
  assert.deepEqual(calls(fault, 'infra').map(named), [[plain, plain]]);
  const now = await people(api, 'infra');
  assert.ok(now.admins.includes(plain) && now.admins.includes(risen));
  assert.ok(![...now.admins, ...now.members].includes(gone));
  await press(page, 'Close');
  // Only what succeeded left the selection.
  await said(bar(page), '2').waitFor();
});

journey('a move takes away only those who have arrived', {}, async ({ page, api, server }) => {
  await enter(page);
  await openGroup(page, 'Infrastructure');
  const { members } = await people(api, 'infra');
  const [leaver, stays] = members;
  await server.run('user', 'remove', leaver);
  for (const name of [leaver, stays]) await pick(page, name).check();
  await act(page, 'Move to group');
  const box = page.getByRole('combobox', { name: 'Group', exact: true });
  await box.fill('archive');
  await page.getByRole('option', { name: /Archive 2019/ }).click();
  await press(page, 'Review');
  await dialog(page, 'Move 2 people to Archive 2019').waitFor();
  await press(page, 'Move 2 people');
  await page.getByRole('dialog').getByRole('alert').filter({ hasText: /^2 of 4 done.* 1 refused\. 1 not done\.$/ }).waitFor();
  const infra = await people(api, 'infra');
  assert.ok(infra.members.includes(leaver), 'who could not arrive has stayed');
  assert.ok(!infra.members.includes(stays));
  assert.ok((await people(api, 'archive_2019')).members.includes(stays));
  await press(page, 'Close');
});

journey('a copy leaves everybody where they are, and says who is there already', {}, async ({ page, api }) => {
  await enter(page);
  await openGroup(page, 'All Staff');
  const { admins, members } = await people(api, STAFF);
  assert.ok(admins.includes('alice'));
  for (const name of ['alice', members[0]]) await pick(page, name).check();
  await act(page, 'Copy to group');
  await page.getByRole('combobox', { name: 'Group', exact: true }).fill('archive');
  await page.keyboard.press('Enter');
  await press(page, 'Review');
  await page.getByText('1 left out', { exact: true }).click();
  await page.getByText('alice: is in Archive 2019 already', { exact: true }).waitFor();
  await press(page, 'Copy 2 people');
  await said(page, /^Done, read back/).waitFor();
  assert.deepEqual((await people(api, STAFF)).members, members);
  assert.ok((await people(api, 'archive_2019')).members.includes(members[0]));
  await press(page, 'Close');
});

journey('oneself, as the last admin: it is said before', {}, async ({ page, api, fault }) => {
  await enter(page);
  await openGroup(page, 'Archive 2019');
  await pick(page, 'alice').check();
  await act(page, 'Remove');
  const sheet = dialog(page, 'Remove 1 person from Archive 2019');
  await sheet.getByText(/This is you/).waitFor();
  await sheet.getByText(/This is the last admin/).waitFor();
  await press(page, 'Cancel');
  assert.equal(writes(fault).length, 0);
  assert.deepEqual((await people(api, 'archive_2019')).admins, ['alice']);
});

journey('groups: people added to all of them, who is in already left out, and taken out again', {}, async ({ page, api }) => {
  await enter(page);
  await said(page, /· read/).waitFor();
  for (const name of ['Archive 2019', 'Data Science', 'Design']) await pick(page, name).check();
  await page.getByRole('searchbox', { name: 'Search groups' }).fill('zzz');
  await said(bar(page), '3').waitFor();
  await page.getByRole('searchbox', { name: 'Search groups' }).fill('');
  await act(page, 'Add people');
  await page.getByRole('combobox', { name: 'People', exact: true }).fill('carol, ghost_user');
  await page.keyboard.press('Enter');
  await press(page, 'Review');
  await dialog(page, 'Add 2 people to 3 groups').waitFor();
  await page.getByText('1 left out', { exact: true }).click();
  await page.getByText('Data Science: carol is in as Admin and Member already', { exact: true }).waitFor();
  await press(page, 'Add as Member');
  await page.getByRole('dialog').getByRole('alert').filter({ hasText: /^2 of 5 done.* 3 refused\.$/ }).waitFor();
  for (const key of ['archive_2019', 'design']) assert.ok((await people(api, key)).members.includes('carol'), key);
  const refused = await outcomes(page, 'Not done').allInnerTexts();
  assert.ok(refused.every((text) => text.includes('ghost_user') && text.includes('not found')), refused.join('|'));
  await press(page, 'Close');
  await act(page, 'Remove people');
  await page.getByRole('combobox', { name: 'People', exact: true }).fill('carol');
  await press(page, 'Review');
  await page.getByText(/This is the last admin|carol/).first().waitFor();
  await press(page, 'Remove');
  await said(page, /^All 3 done/).waitFor();
  for (const key of ['archive_2019', 'design', 'data_science']) {
    const { admins, members } = await people(api, key);
    assert.ok(![...admins, ...members].includes('carol'), key);
  }
  await press(page, 'Close');
});

journey('groups are deleted after their number was typed, and made again with their people', {}, async ({ page, api, shot }) => {
  await enter(page);
  await said(page, /· read/).waitFor();
  const keys = ['data_science', 'design'];
  const before = await Promise.all(keys.map(async (key) => [await fieldsOf(api, key), await people(api, key)]));
  for (const name of ['Data Science', 'Design']) await pick(page, name).check();
  await act(page, 'Delete');
  const sheet = dialog(page, 'Delete 2 groups');
  await press(page, 'Delete 2 groups');
  await sheet.getByText('Type 2 to go on.', { exact: true }).waitFor();
  assert.ok(await people(api, 'design'), 'nothing was deleted');
  await sheet.getByRole('textbox', { name: 'Type 2 to confirm' }).fill('2');
  await press(page, 'Delete 2 groups');
  await said(page, /^All 2 done/).waitFor();
  await shot('bulk-deleted');
  for (const key of keys) assert.equal(await people(api, key), undefined);
  await page.getByText(/What the group opened elsewhere does not come back/).waitFor();
  await press(page, 'Undo');
  await said(page, /^All \d+ done/).waitFor();
  const after = await Promise.all(keys.map(async (key) => [await fieldsOf(api, key), await people(api, key)]));
  const sorted = (list) => list.map(([fields, { admins, members }]) => [fields, admins.sort(), members.sort()]);
  assert.deepEqual(sorted(after), sorted(before));
  await press(page, 'Close');
  await groupRow(page, 'design').waitFor();
});

journey('as many others are not all selected: they can be', {}, async ({ page }) => {
  await enter(page);
  const find = (what) => page.getByRole('searchbox', { name: 'Search groups', exact: true }).fill(what);
  const all = bar(page).getByRole('button', { name: 'Select all 1 group that match', exact: true });
  await find('legal');
  await pick(page, 'Legal').check();
  await said(bar(page), '1').waitFor();
  assert.equal(await all.count(), 0, 'all that match are selected');
  await find('équipe');
  await all.click();
  await said(bar(page), '2').waitFor();
  assert.ok(await pick(page, 'Équipe Paris').isChecked());
});

journey('what is selected is exported, one line a membership', {}, async ({ page, api }) => {
  await enter(page);
  await openGroup(page, 'Design');
  const { admins, members } = await people(api, 'design');
  await pick(page, admins[0]).check();
  await bar(page).getByRole('button', { name: /^Select all/ }).click();
  await act(page, 'Export');
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save file')]);
  assert.equal(download.suggestedFilename(), 'design members.csv');
  const lines = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n').map((line) => line.split(','));
  assert.deepEqual(lines[0], ['connection', 'read', 'group', 'group name', 'person', 'name', 'e-mail', 'role', 'joined']);
  const seen = lines.slice(1).map((cells) => `${cells[4]} ${cells[7]}`).sort();
  assert.deepEqual(seen, [...admins.map((name) => `${name} Admin`), ...members.map((name) => `${name} Member`)].sort());
});

journey('on a phone: rows are selected after “Select”, and the bar has what can be done', { viewport: 'phone' }, async ({ page, api, axe, shot }) => {
  await enter(page);
  await openGroup(page, 'Data Science');
  const { members } = await people(api, 'data_science');
  assert.equal(await pick(page, members[0]).count(), 0, 'no boxes before');
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await pick(page, members[0]).check();
  await pick(page, members[1]).check();
  await shot('bulk-phone');
  await axe();
  await act(page, 'Remove');
  await press(page, 'Remove 2 people');
  await said(page, /^All 2 done/).waitFor();
  await shot('bulk-phone-receipt');
  await axe();
  await press(page, 'Close');
  const now = await people(api, 'data_science');
  assert.ok(!now.members.includes(members[0]) && !now.members.includes(members[1]));
});

journey('who only looks may select and export, and nothing else', {}, async ({ page, fault }) => {
  await enter(page, 'alice', { lookOnly: true });
  await said(page, /· read/).waitFor();
  await pick(page, 'Design').check();
  for (const name of ['Add people', 'Remove people', 'Delete']) assert.ok(await bar(page).getByRole('button', { name, exact: true }).isDisabled(), name);
  assert.ok(await bar(page).getByRole('button', { name: 'Export', exact: true }).isEnabled());
  assert.equal(writes(fault).length, 0);
});

journey('two tabs: what one does the other does not do too', {}, async ({ page, context, api, fault }) => {
  await removeAll(page, api);
  const slow = fault.on('POST', membersOf(STAFF), { delay: 1_500 });
  await press(page, 'Remove 320 people');
  await slow.struck();
  const other = await context.newPage();
  await other.goto(at(page, 'activity'));
  await other.getByRole('button', { name: 'Remove 320 people from All Staff', exact: true }).click();
  await other.getByText('Another tab of this browser is doing this. It can be watched there.', { exact: true }).waitFor();
  slow.off();
  await said(page, /^All 320 done/).waitFor();
  const everybody = calls(fault, STAFF).flatMap(named);
  assert.equal(new Set(everybody).size, everybody.length, 'nobody was sent twice');
  assert.deepEqual(await people(api, STAFF), { admins: ['alice'], members: [] });
  await other.close();
});
