// One group on snip: its people, their roles, its settings, and the ways out of it.
import assert from 'node:assert/strict';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { baseOf, copied, described, field, groupsAreRead, row } from './harness/steps.mjs';

const ROOT = '/api/account/groups';

/** Connects, and opens a group from the list by its number, as names repeat. */
async function open(page, user, id, part = '') {
  await connect(page, { system: 'snip', user });
  await groupsAreRead(page);
  await page.getByRole('row').filter({ has: page.getByRole('button', { name: `Copy ${id}`, exact: true }) }).getByRole('link').click();
  // The list names the members, too: until the group itself was read, rows still find their places.
  await page.getByRole('status').filter({ hasText: /· read \d\d:\d\d/ }).waitFor();
  await page.getByRole('table', { name: 'Members' }).waitFor();
  if (part === 'settings') {
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('button', { name: 'Save changes' }).waitFor();
  }
}

const mail = (name) => `${name}@example.com`;
const member = (page, name) => page.getByRole('table', { name: 'Members' }).getByRole('row').filter({ hasText: mail(name) });

/** Who is in the group, as the server says: name → role. */
async function roles(api, id, token = TOKENS.carol) {
  const { body } = await api(`${ROOT}/${id}`, { token });
  return Object.fromEntries(body.members.map(({ emails, role }) => [emails[0].split('@')[0], role]));
}

async function changeRole(page, name, role) {
  await page.getByRole('button', { name: `Role of ${mail(name)}` }).click();
  const form = page.getByRole('form', { name: `Role of ${mail(name)}` });
  await form.getByRole('radio', { name: role, exact: true }).check();
  await form.getByRole('button', { name: 'Change role' }).click();
}

const said = (page, words) => page.getByRole('status').filter({ hasText: words }).waitFor();

journey('the members: address, whether it is verified, role, since when, and which is me', {}, async ({ page, api }) => {
  await open(page, 'carol', 2);
  const { body } = await api(`${ROOT}/2`, { token: TOKENS.carol });
  const heads = await page.getByRole('columnheader').allInnerTexts();
  assert.deepEqual(heads.slice(0, 3).map((head) => head.trim()), ['Member', 'Role', 'Joined']);
  for (const { emails, emails_verified: verified, role, joined_at: joined, self } of body.members) {
    const line = page.getByRole('row').filter({ hasText: emails[0] });
    assert.equal(await line.getByRole('img', { name: 'verified', exact: true }).count(), verified[0] ? 1 : 0);
    assert.equal(await line.getByText('not verified').count(), verified[0] ? 0 : 1);
    await line.getByText(role[0].toUpperCase() + role.slice(1), { exact: true }).waitFor();
    const date = new Date(joined).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
    await line.getByText(date, { exact: true }).waitFor();
    assert.equal(await line.getByText('you', { exact: true }).count(), self ? 1 : 0);
  }
  await page.getByRole('link', { name: 'Members', exact: true }).filter({ hasText: '6' }).waitFor();
  assert.equal(await page.title(), 'whatagroup · Demo snip · Muster');
});

journey('an address that is not verified is marked so', {}, async ({ page }) => {
  await open(page, 'bob', 7);
  const rows = page.getByRole('row');
  assert.ok((await rows.filter({ hasText: 'not verified' }).count()) + (await rows.filter({ has: page.getByRole('img', { name: 'verified' }) }).count()) === 9);
});

journey('nobody can be added: the page says so and why, and gives the addresses to invite with', {}, async (t) => {
  const { page, context, api } = t;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, 'carol', 2);
  const note = page.getByRole('note').filter({ hasText: 'People cannot be added on snip through its API' });
  await note.getByText(/Invite them in snip itself/).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Add members' }).count(), 0);
  await note.getByRole('button', { name: 'Copy e-mail addresses' }).click();
  await said(page, '6 copied');
  const addresses = await copied(page);
  const names = Object.keys(await roles(api, 2)).map(mail);
  assert.deepEqual(addresses.split(', ').toSorted(), names.toSorted());
});

journey('members are found by their address and sorted', {}, async ({ page }) => {
  await open(page, 'carol', 2);
  const search = page.getByRole('searchbox', { name: 'Search members' });
  await search.fill('EMI');
  await page.getByRole('main').getByRole('status').filter({ hasText: /^1 of 6 / }).waitFor();
  await member(page, 'emil').waitFor();
  await search.fill('nobody here');
  await page.getByRole('heading', { name: 'No member matches' }).waitFor();
  await page.getByRole('button', { name: 'Clear search' }).last().click();
  const joined = page.getByRole('columnheader', { name: 'Joined' });
  await joined.getByRole('button').click();
  assert.equal(await joined.getAttribute('aria-sort'), 'ascending');
  const rows = page.getByRole('table', { name: 'Members' }).getByRole('row');
  assert.match(await rows.nth(1).innerText(), /carol@/, 'the owner joined first');
  await joined.getByRole('button').click();
  assert.match(await rows.nth(1).innerText(), /mei@/);
});

for (const quirks of [false, true]) {
  const options = { quirks };
  const how = `(quirks: ${quirks})`;

  journey(`the owner changes a role in its row, and takes it back ${how}`, options, async ({ page, api, axe }) => {
    await open(page, 'carol', 2);
    await page.getByRole('button', { name: `Role of ${mail('alice')}` }).click();
    const form = page.getByRole('form', { name: `Role of ${mail('alice')}` });
    await form.waitFor();
    await axe();
    assert.equal(await form.getByRole('radio', { name: 'Owner' }).count(), 0, 'the owner’s role moves by a transfer only');
    await form.getByRole('radio', { name: 'Moderator', exact: true }).check();
    assert.equal((await roles(api, 2)).alice, 'member', 'nothing is sent before the button');
    await form.getByRole('button', { name: 'Change role' }).click();
    const line = member(page, 'alice');
    await line.getByRole('status').filter({ hasText: /^role changed \d\d:\d\d$/ }).waitFor();
    await line.getByText('Moderator', { exact: true }).waitFor();
    assert.equal((await roles(api, 2)).alice, 'moderator');
    await line.getByRole('button', { name: /^Undo/ }).click();
    await line.getByText('Member', { exact: true }).waitFor();
    await line.getByRole('status').filter({ hasText: /^role changed/ }).waitFor();
    assert.equal((await roles(api, 2)).alice, 'member');
  });

  journey(`taking somebody out asks first, for it cannot be undone ${how}`, options, async ({ page, api, axe }) => {
    await open(page, 'carol', 2);
    const remove = page.getByRole('button', { name: `Remove ${mail('mei')}` });
    await remove.click();
    const dialog = page.getByRole('dialog', { name: `Remove ${mail('mei')}?` });
    await dialog.getByText('It cannot be taken back from here').waitFor();
    await axe();
    const keep = dialog.getByRole('button', { name: `Keep ${mail('mei')}` });
    assert.ok(await keep.evaluate((button) => button === document.activeElement), 'the safe answer has the focus');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await remove.and(page.locator(':focus')).waitFor();
    assert.equal((await roles(api, 2)).mei, 'member');
    await remove.click();
    await dialog.getByRole('button', { name: `Remove ${mail('mei')}` }).click();
    await dialog.waitFor({ state: 'detached' });
    const line = member(page, 'mei');
    await line.getByRole('status').filter({ hasText: /^removed \d\d:\d\d$/ }).waitFor();
    assert.equal(await line.getByRole('button', { name: /Undo/ }).count(), 0);
    assert.equal((await roles(api, 2)).mei, undefined);
    await page.getByRole('link', { name: 'Members', exact: true }).filter({ hasText: '5' }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Members', exact: true }).filter({ hasText: '5' }).waitFor();
    assert.equal(await line.count(), 0);
  });

  journey(`the owner hands the group over, then leaves it ${how}`, options, async ({ page, api, axe, expectRefused }) => {
    await open(page, 'carol', 2, 'settings');
    const leave = page.getByRole('region', { name: 'Leave group' });
    await leave.getByText('You own this group: transfer it first, then leave.').waitFor();
    assert.ok(await leave.getByRole('button', { name: 'Leave group' }).isDisabled());

    const transfer = page.getByRole('region', { name: 'Transfer ownership' });
    await transfer.getByRole('button', { name: 'Transfer ownership' }).click();
    await transfer.getByText('Choose who gets the group.').waitFor();
    const chooser = transfer.getByRole('combobox', { name: 'New owner' });
    assert.match(await described(chooser), /Choose who gets the group/);
    await axe();
    await chooser.selectOption({ label: mail('dave') });
    await transfer.getByRole('button', { name: 'Transfer ownership' }).click();
    const dialog = page.getByRole('dialog', { name: `Hand “whatagroup” to ${mail('dave')}?` });
    await dialog.getByText('You cannot take it back yourself.').waitFor();
    await axe();
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal((await roles(api, 2)).carol, 'owner');
    await transfer.getByRole('button', { name: 'Transfer ownership' }).click();
    await dialog.getByRole('button', { name: 'Transfer ownership' }).click();
    await dialog.waitFor({ state: 'detached' });
    await said(page, `${mail('dave')} owns the group now.`);
    const mine = quirks ? 'member' : 'moderator';
    assert.deepEqual([(await roles(api, 2)).dave, (await roles(api, 2)).carol], ['owner', mine]);
    await transfer.getByText('Only the owner can transfer a group.').waitFor();
    assert.ok(await transfer.getByRole('button', { name: 'Transfer ownership' }).isDisabled());

    await page.getByRole('link', { name: /^Members/ }).click();
    await member(page, 'dave').getByText('Owner', { exact: true }).waitFor();
    await member(page, 'carol').getByText(quirks ? 'Member' : 'Moderator', { exact: true }).waitFor();

    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await leave.getByRole('button', { name: 'Leave group' }).click();
    const sure = page.getByRole('dialog', { name: 'Leave whatagroup?' });
    await sure.getByText('cannot take it back yourself').waitFor();
    await axe();
    await sure.getByRole('button', { name: 'Leave group' }).click();
    await said(page, 'You left “whatagroup”.');
    await page.getByRole('status').filter({ hasText: /^6 of 6 you are in/ }).waitFor();
    assert.equal((await api(`${ROOT}/2`, { token: TOKENS.carol })).status, quirks ? 403 : 404);
    assert.deepEqual(Object.keys(await roles(api, 2, TOKENS.dave)).toSorted(), ['alice', 'bob', 'dave', 'emil', 'mei']);
    // The way back in the history says that it is gone.
    expectRefused(quirks ? 403 : 404, `${ROOT}/2`);
    await page.goto(`${baseOf(page)}/groups/2`);
    await page.getByText('There is no group “2” on Demo snip.').waitFor();
  });

  journey(`name and description are edited, a name too short is refused beside its field ${how}`, options, async (t) => {
    const { page, api, fault, axe } = t;
    await open(page, 'carol', 2, 'settings');
    const name = page.getByRole('textbox', { name: 'Display name' });
    await page.getByRole('button', { name: 'Save changes' }).click();
    await said(page, 'Nothing was changed, so nothing was sent.');
    await name.fill('ab');
    await field(page, 'Description').fill('New words.');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Use at least 3 characters; this has 2.').waitFor();
    assert.match(await described(name), /Use at least 3 characters/);
    await axe();
    assert.deepEqual(fault.log.filter(({ method }) => method !== 'GET'), []);
    await name.fill('abc & <b>d</b>');
    await name.press('Enter');
    await said(page, /^Saved \d\d:\d\d$/);
    await page.getByRole('heading', { name: 'abc & <b>d</b>', exact: true, level: 1 }).waitFor();
    const writes = fault.log.filter(({ method }) => method !== 'GET').map(({ body }) => JSON.parse(body));
    assert.deepEqual(writes, [{ name: 'abc & <b>d</b>', description: 'New words.' }]);
    const { body } = await api(`${ROOT}/2`, { token: TOKENS.carol });
    assert.deepEqual([body.name, body.description], ['abc & <b>d</b>', 'New words.']);
    // Emptied, the description is cleared; the name is not sent again.
    await field(page, 'Description').fill('');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('New words.', { exact: true }).waitFor({ state: 'detached' });
    await said(page, /^Saved/);
    assert.deepEqual(JSON.parse(fault.log.filter(({ method }) => method === 'PATCH').at(-1).body), { description: '' });
    assert.equal((await api(`${ROOT}/2`, { token: TOKENS.carol })).body.description, null);
    // The list knows the new name.
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Groups' }).click();
    await page.getByRole('link', { name: 'abc & <b>d</b>', exact: true }).waitFor();
  });

  journey(`a group is deleted after its name was typed, with its number where names repeat ${how}`, options, async (t) => {
    const { page, api, axe } = t;
    await open(page, 'carol', 4, 'settings');
    await page.getByRole('button', { name: 'Delete group' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete Test Group' });
    await dialog.getByText('3 people lose it').waitFor();
    await dialog.getByText('Muster cannot see').waitFor();
    const key = dialog.getByRole('textbox', { name: 'Type Test Group #4 to confirm' });
    await key.fill('Test Group');
    await axe();
    await key.press('Enter');
    await dialog.getByText('Type Test Group #4, just as it stands above.').waitFor();
    assert.equal((await api(`${ROOT}/4`, { token: TOKENS.carol })).status, 200);
    await key.fill('Test Group #4');
    await dialog.getByRole('button', { name: 'Delete group' }).click();
    await said(page, '“Test Group” was deleted.');
    await page.getByRole('status').filter({ hasText: /^6 of 6 you are in/ }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Copy 4', exact: true }).count(), 0);
    const { body } = await api(ROOT, { token: TOKENS.carol });
    assert.deepEqual(body.map(({ id }) => id), [2, 3, 5, 7, 12, 21]);
  });

  journey(`a member leaves a group ${how}`, options, async ({ page, api }) => {
    await open(page, 'dave', 13, 'settings');
    await page.getByRole('button', { name: 'Leave group' }).click();
    const dialog = page.getByRole('dialog', { name: /^Leave Laser lab, room 2\.104/ });
    const stay = dialog.getByRole('button', { name: 'Stay' });
    assert.ok(await stay.evaluate((button) => button === document.activeElement));
    await stay.click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal((await roles(api, 13, TOKENS.bob)).dave, 'member');
    await page.getByRole('button', { name: 'Leave group' }).click();
    await dialog.getByRole('button', { name: 'Leave group' }).click();
    await said(page, 'You left “Laser lab, room 2.104”.');
    await page.getByRole('status').filter({ hasText: /^5 of 5 you are in/ }).waitFor();
    assert.equal((await roles(api, 13, TOKENS.bob)).dave, undefined);
  });

  journey(`a moderator is refused what only the owner may, in the server's words ${how}`, options, async (t) => {
    const { page, api, axe, expectRefused } = t;
    await open(page, 'dave', 2);
    expectRefused(403, `${ROOT}/2`);
    await changeRole(page, 'alice', 'Moderator');
    const line = member(page, 'alice');
    await line.getByRole('alert').filter({ hasText: 'refused: “Only the owner may change roles.”' }).waitFor();
    await axe();
    assert.equal((await roles(api, 2)).alice, 'member');
    await line.getByRole('button', { name: `Retry ${mail('alice')}` }).click();
    await line.getByRole('alert').filter({ hasText: 'Only the owner may change roles.' }).waitFor();
    await line.getByRole('button', { name: /^Dismiss/ }).click();
    await page.getByRole('button', { name: `Role of ${mail('alice')}` }).waitFor();
    assert.equal(await line.getByRole('alert').count(), 0);
    // What a moderator may do is done.
    await page.getByRole('button', { name: `Remove ${mail('emil')}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: `Remove ${mail('emil')}` }).click();
    await member(page, 'emil').getByRole('status').filter({ hasText: /^removed/ }).waitFor();
    assert.equal((await roles(api, 2)).emil, undefined);
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByText('Only the owner can transfer a group.').waitFor();
  });
}

journey('a plain member is refused everything but to leave, and what was typed stays', {}, async (t) => {
  const { page, api, axe, expectRefused } = t;
  await open(page, 'dave', 7);
  expectRefused(403, `${ROOT}/7`);
  await page.getByRole('button', { name: `Remove ${mail('greta')}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: `Remove ${mail('greta')}` }).click();
  await member(page, 'greta').getByRole('alert').filter({ hasText: 'A member may read and leave this group only.' }).waitFor();
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await field(page, 'Description').fill('Mine now.');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByRole('alert').filter({ hasText: 'A member may read and leave this group only.' }).waitFor();
  assert.equal(await field(page, 'Description').inputValue(), 'Mine now.');
  await axe();
  await page.getByRole('button', { name: 'Delete group' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Röntgenphysik' });
  await dialog.getByRole('textbox', { name: 'Type Röntgenphysik to confirm' }).fill('Röntgenphysik');
  await dialog.getByRole('button', { name: 'Delete group' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'Only the owner may delete this group.' }).waitFor();
  await axe();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  const { body } = await api(`${ROOT}/7`, { token: TOKENS.bob });
  assert.equal(body.description, 'Lab notebook of the X-ray group.');
  assert.equal(body.members.length, 9);
});

journey('a link straight to a group asks for its number before deleting too', {}, async ({ page, api }) => {
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  await page.goto(`${baseOf(page)}/groups/3/settings`);
  await page.getByRole('button', { name: 'Delete group' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Test Group' });
  await dialog.getByRole('textbox', { name: 'Type Test Group #3 to confirm' }).fill('Test Group #3');
  await dialog.getByRole('button', { name: 'Delete group' }).click();
  await said(page, '“Test Group” was deleted.');
  assert.equal((await api(`${ROOT}/3`, { token: TOKENS.carol })).status, 404);
});

journey('a role that somebody changed meanwhile is not overwritten', {}, async ({ page, api }) => {
  await open(page, 'carol', 2);
  await page.getByRole('button', { name: `Role of ${mail('alice')}` }).waitFor();
  const change = { update_member_roles: [{ user_id: (await api(`${ROOT}/2`)).body.members.find(({ self }) => self).user_id, role: 'moderator' }] };
  await api(`${ROOT}/2`, { method: 'PATCH', token: TOKENS.carol, body: change });
  await changeRole(page, 'alice', 'Moderator');
  await member(page, 'alice').getByText(/somebody changed this meanwhile, the role is now Moderator/).waitFor();
  assert.equal((await roles(api, 2)).alice, 'moderator');
});

journey('somebody removed meanwhile is said to be', {}, async ({ page, api }) => {
  await open(page, 'carol', 2);
  await page.getByRole('button', { name: `Role of ${mail('alice')}` }).waitFor();
  assert.equal((await api(`${ROOT}/2/leave`, { method: 'POST', token: TOKENS.alice })).status, 204);
  await changeRole(page, 'alice', 'Moderator');
  await member(page, 'alice').getByText(/somebody removed this person meanwhile/).waitFor();
  await page.getByRole('link', { name: 'Members', exact: true }).filter({ hasText: '5' }).waitFor();
  assert.equal((await roles(api, 2)).alice, undefined);
});

journey('a moderator who takes themselves out is told so first', {}, async ({ page, api }) => {
  await open(page, 'dave', 2);
  const remove = page.getByRole('button', { name: `Remove ${mail('dave')}` });
  await remove.click();
  const dialog = page.getByRole('dialog', { name: `Remove ${mail('dave')}?` });
  await dialog.getByText('This is you').waitFor();
  await dialog.getByRole('button', { name: `Keep ${mail('dave')}` }).click();
  assert.equal((await roles(api, 2)).dave, 'moderator');
});

journey('the whole of it with the keyboard on a phone', { viewport: 'phone' }, async ({ page, api, axe }) => {
  await open(page, 'carol', 2);
  await page.getByRole('button', { name: `Role of ${mail('bob')}` }).press('Enter');
  const form = page.getByRole('form', { name: `Role of ${mail('bob')}` });
  await form.getByRole('radio', { name: 'Member', exact: true, checked: true }).waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'radio');
  await axe();
  await page.keyboard.press('ArrowUp');
  await form.getByRole('radio', { name: 'Moderator', exact: true, checked: true }).waitFor();
  assert.equal((await roles(api, 2)).bob, 'member');
  await page.keyboard.press('Enter');
  await member(page, 'bob').getByRole('status').filter({ hasText: /^role changed/ }).waitFor();
  assert.equal((await roles(api, 2)).bob, 'moderator');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  assert.equal(wide, false, 'nothing is cut off at the side');
});

journey('an open role form is closed by Escape, and changes nothing', {}, async ({ page, fault }) => {
  await open(page, 'carol', 2);
  const button = page.getByRole('button', { name: `Role of ${mail('bob')}` });
  await button.click();
  const form = page.getByRole('form', { name: `Role of ${mail('bob')}` });
  await form.getByRole('radio', { name: 'Moderator', exact: true }).check();
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.tagName === 'BUTTON');
  assert.ok(await button.evaluate((element) => element === document.activeElement));
  assert.deepEqual(fault.log.filter(({ method }) => method !== 'GET'), []);
  await row(page, mail('bob')).waitFor();
});
