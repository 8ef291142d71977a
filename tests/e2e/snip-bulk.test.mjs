// Several at once on snip, where nobody can be added and what is taken away stays away.
import assert from 'node:assert/strict';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { groupsAreRead } from './harness/steps.mjs';

const ROOT = '/api/account/groups';
const mail = (name) => `${name}@example.com`;
const bar = (page) => page.getByRole('group', { name: 'Selection', exact: true });
const pick = (page, name) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
const press = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
const said = (page, words) => page.getByRole('status').filter({ hasText: words }).waitFor();

async function open(page, user, id) {
  await connect(page, { system: 'snip', user });
  await groupsAreRead(page);
  await page.getByRole('row').filter({ has: page.getByRole('button', { name: `Copy ${id}`, exact: true }) }).getByRole('link').click();
  await page.getByRole('table', { name: 'Members' }).waitFor();
}

/** Who is in the group, as the server says: name → role. */
async function roles(api, id, token = TOKENS.carol) {
  const { body } = await api(`${ROOT}/${id}`, { token });
  return Object.fromEntries(body.members.map(({ emails, role }) => [emails[0].split('@')[0], role]));
}

for (const quirks of [false, true]) {
  const kind = quirks ? ' (quirks)' : '';

  journey(`members are removed in one call after it was said that it stays so; there is no undo${kind}`, { quirks }, async ({ page, api, fault, axe }) => {
    await open(page, 'carol', 2);
    const before = await roles(api, 2);
    const [one, two] = Object.keys(before).filter((name) => before[name] === 'member');
    await pick(page, mail(one)).check();
    await pick(page, mail(two)).check();
    for (const name of ['Copy to group', 'Move to group']) assert.ok(await bar(page).getByRole('button', { name, exact: true }).isDisabled(), name);
    await axe();
    await bar(page).getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('dialog').getByText(/It cannot be taken back from here: nobody can be added on snip/).waitFor();
    await press(page, 'Remove 2 people');
    await said(page, /^All 2 done, read back and proved/);
    await page.getByText(/^No undo: Nobody can be added here/).waitFor();
    assert.equal(await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).count(), 0);
    await axe();
    const now = await roles(api, 2);
    assert.deepEqual(Object.keys(now).sort(), Object.keys(before).filter((name) => name !== one && name !== two).sort());
    assert.equal(fault.log.filter(({ method }) => method === 'PATCH').length, 1);
    await press(page, 'Close');
  });

  journey(`roles of several are changed, the owner's is not, and taken back${kind}`, { quirks }, async ({ page, api }) => {
    await open(page, 'carol', 2);
    const before = await roles(api, 2);
    const owner = Object.keys(before).find((name) => before[name] === 'owner');
    const plain = Object.keys(before).filter((name) => before[name] === 'member');
    for (const name of [owner, ...plain]) await pick(page, mail(name)).check();
    await bar(page).getByRole('button', { name: 'Change role', exact: true }).click();
    await page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).selectOption('Moderator');
    await press(page, 'Review');
    await page.getByText('1 left out', { exact: true }).click();
    await page.getByRole('dialog').getByText(new RegExp(`^${mail(owner)}: `)).waitFor();
    await press(page, `Change ${plain.length} ${plain.length === 1 ? 'person' : 'people'}`);
    await said(page, /^(All \d+ d|D)one, read back/);
    for (const name of plain) assert.equal((await roles(api, 2))[name], 'moderator', name);
    await press(page, 'Undo');
    await page.getByRole('dialog', { name: /^Undo: Change/ }).waitFor();
    await said(page, /^(All \d+ d|D)one, read back/);
    assert.deepEqual(await roles(api, 2), before);
    await press(page, 'Close');
  });
}

journey('people cannot be added to several groups, and it says why; a group is deleted for good', {}, async ({ page, api }) => {
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  const { body } = await api(ROOT, { token: TOKENS.carol });
  const mine = body.find(({ members }) => members.some(({ self, role }) => self && role === 'owner'));
  const row = page.getByRole('row').filter({ has: page.getByRole('button', { name: `Copy ${mine.id}`, exact: true }) });
  await row.getByRole('checkbox').check();
  const add = bar(page).getByRole('button', { name: 'Add people', exact: true });
  assert.ok(await add.isDisabled());
  assert.match(await add.getAttribute('title'), /\S/);
  await bar(page).getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Type 1 to confirm' }).fill('1');
  await press(page, 'Delete 1 group');
  await said(page, /^Done, read back/);
  await page.getByText(/^No undo: A deleted group cannot be made again with its people/).waitFor();
  await press(page, 'Close');
  const left = (await api(ROOT, { token: TOKENS.carol })).body;
  assert.ok(!left.some(({ id }) => id === mine.id));
});

journey('somebody leaves all groups that I can see: those I may not change are left out', {}, async ({ page, api }) => {
  await open(page, 'carol', 2);
  const before = await roles(api, 2);
  const [name] = Object.keys(before).filter((one) => before[one] === 'member');
  await page.getByRole('table', { name: 'Members' }).getByRole('link', { name: mail(name), exact: true }).click();
  await page.getByRole('heading', { name: mail(name), exact: true, level: 1 }).waitFor();
  await said(page, /read \d\d:\d\d/);
  assert.ok(await page.getByRole('button', { name: 'Copy groups to…', exact: true }).isDisabled());
  await page.getByRole('button', { name: 'Remove from all groups…', exact: true }).click();
  await press(page, 'Review');
  await page.getByRole('dialog').getByRole('button', { name: /^Remove from \d+ groups?$/ }).click();
  await said(page, /^(All \d+ d|D)one, read back/);
  await press(page, 'Close');
  assert.ok(!(name in (await roles(api, 2))));
});
