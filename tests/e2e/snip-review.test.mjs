// Reviews of changes on snip: nobody can be added there, but roles are changed and people go; what goes wrong on the way is told.
import assert from 'node:assert/strict';
import { at, dialog, said, soon, warned, writes } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { applyChanges, groupsAreRead } from './harness/steps.mjs';

const ONE = '/api/account/groups';
const mail = (name) => `${name}@example.com`;
const review = (page) => page.getByRole('region', { name: 'Review changes', exact: true });
const press = (page, name) => review(page).getByRole('button', { name, exact: true }).click();
const allDone = (page) => said(page, /^(All \S+ d|D)one, read back and proved at \d\d:\d\d\.$/).waitFor();

/** Who is in a group, as the server says: name → role. */
async function roles(api, id) {
  const { body } = await api(`${ONE}/${id}`, { token: TOKENS.carol });
  return Object.fromEntries(body.members.map(({ emails, role }) => [emails[0].split('@')[0], role]));
}

/** Somebody else does something with the same right. */
async function meanwhile(api, id, body) {
  const { status } = await api(`${ONE}/${id}`, { method: 'PATCH', token: TOKENS.carol, body });
  assert.ok(status < 300, String(status));
}

async function idOf(api, id, name) {
  const { body } = await api(`${ONE}/${id}`, { token: TOKENS.carol });
  return body.members.find(({ emails }) => emails[0] === mail(name)).user_id;
}

async function bring(page, lines) {
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  await page.getByRole('link', { name: 'Import…', exact: true }).click();
  await page.getByRole('textbox', { name: 'Paste cells', exact: true }).fill(['group,person,role', ...lines].join('\n'));
  await page.getByRole('button', { name: 'Read cells', exact: true }).click();
  await goOn(page);
}

async function goOn(page) {
  await page.getByRole('button', { name: 'Review changes', exact: true }).and(page.locator(':not([aria-disabled])')).click();
  await review(page).waitFor();
}

journey('somebody else changes a role between the review and the button: it is shown before anything is sent', {}, async ({ page, api, fault }) => {
  const was = await roles(api, 2);
  await bring(page, [`2,${mail('alice')},moderator`, `2,${mail('bob')},moderator`]);
  await meanwhile(api, 2, { update_member_roles: [{ user_id: await idOf(api, 2, 'alice'), role: 'moderator' }] });
  await press(page, 'Apply 2 changes');
  await warned(page, 'Nothing was sent: somebody has changed something meanwhile.').waitFor();
  assert.equal(writes(fault).length, 0);
  await press(page, 'Apply 1 change');
  await allDone(page);
  assert.deepEqual(await roles(api, 2), { ...was, alice: 'moderator', bob: 'moderator' });
  assert.equal(writes(fault).length, 1);
});

journey('the connection is lost in mid-run and comes back: nothing is lost, nothing sent twice', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  const [whatagroup, tomography] = [await roles(api, 2), await roles(api, 21)];
  await bring(page, [`2,${mail('alice')},moderator`, `21,${mail('priya')},moderator`]);
  const lost = fault.on('PATCH', `${ONE}/21`, { lose: true }, { times: 1 });
  const struck = lost.struck();
  await press(page, 'Apply 2 changes');
  await struck;
  await fault.down();
  await page.getByText(/The server cannot be reached\. Nothing is lost/).waitFor();
  await fault.up();
  await press(page, 'Try now');
  await allDone(page);
  await said(page, /^Nothing is left to do: the groups were read again/).waitFor();
  assert.deepEqual(await roles(api, 2), { ...whatagroup, alice: 'moderator' });
  assert.deepEqual(await roles(api, 21), { ...tomography, priya: 'moderator' });
  const calls = writes(fault).map(({ path }) => path);
  assert.equal(new Set(calls).size, calls.length, 'one call for each group');
});

journey('the token is refused in mid-run: connected again over the page, the rest is applied', {}, async ({ page, api, fault, expectRefused }) => {
  const [whatagroup, tomography] = [await roles(api, 2), await roles(api, 21)];
  await bring(page, [`2,${mail('alice')},moderator`, `21,${mail('priya')},moderator`]);
  expectRefused(401, `${ONE}/21`);
  fault.on('PATCH', `${ONE}/21`, { status: 401, body: { message: 'Token expired.' } }, { times: 1 });
  await press(page, 'Apply 2 changes');
  const again = dialog(page, 'Connect again to Demo snip');
  await again.getByRole('textbox', { name: 'Token', exact: true }).fill(TOKENS.carol);
  await again.getByRole('button', { name: 'Connect', exact: true }).click();
  await again.waitFor({ state: 'detached' });
  await allDone(page);
  await said(page, /^Nothing is left to do: the groups were read again/).waitFor();
  assert.deepEqual(await roles(api, 2), { ...whatagroup, alice: 'moderator' });
  assert.deepEqual(await roles(api, 21), { ...tomography, priya: 'moderator' });
});

journey('the page is reloaded in mid-run: it goes on from Activity, and the same again shows nothing to do', {}, async ({ page, api, fault }) => {
  const was = await roles(api, 2);
  await bring(page, [`2,${mail('alice')},moderator`, `2,${mail('mei')},moderator`]);
  const hang = fault.on('PATCH', `${ONE}/2`, { hang: true });
  const struck = hang.struck();
  await press(page, 'Apply 2 changes');
  await struck;
  hang.off();
  await page.reload();
  await page.getByRole('link', { name: '1 to look at', exact: true }).click();
  await page.getByRole('row').getByRole('button', { name: /^Import/ }).click();
  await page.getByText(/This was cut off when its page was closed/).waitFor();
  assert.deepEqual(await roles(api, 2), was, 'nothing had come to the server');
  await page.getByRole('dialog').getByRole('button', { name: 'Go on', exact: true }).click();
  await allDone(page);
  assert.deepEqual(await roles(api, 2), { ...was, alice: 'moderator', mei: 'moderator' });
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  await page.goto(at(page, 'import'));
  await goOn(page);
  await said(review(page), 'Everything named is so already.').waitFor();
});

journey('a group is made like another as far as snip can: who cannot come is told, who goes goes', {}, async ({ page, api, axe }) => {
  const other = await roles(api, 21);
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  await page.goto(at(page, 'compare?group=2&group=21'));
  await said(page, /· read \d\d:\d\d/).waitFor();
  await page.getByRole('button', { name: 'Review the difference', exact: true }).click();
  const ask = dialog(page, 'Review the difference');
  await ask.getByRole('combobox', { name: 'Change', exact: true }).selectOption('whatagroup');
  await ask.getByRole('combobox', { name: 'To be like', exact: true }).selectOption('Tomographie à contraste de phase');
  await ask.getByRole('radio', { name: 'Make it the same', exact: true }).check();
  await ask.getByRole('button', { name: 'Review', exact: true }).click();
  await page.getByText('3 things cannot be done', { exact: true }).waitFor();
  await axe();
  await applyChanges(page);
  assert.deepEqual(await roles(api, 2), { carol: 'owner', bob: 'moderator' });
  assert.deepEqual(await roles(api, 21), other);
});

journey('going back to a snapshot gives back roles and fields; who was taken out since cannot be', {}, async ({ page, api, axe }) => {
  const was = await roles(api, 2);
  const before = (await api(`${ONE}/2`, { token: TOKENS.carol })).body;
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  await page.getByRole('link', { name: 'Snapshots', exact: true }).click();
  await page.getByRole('button', { name: 'Save a snapshot', exact: true }).click();
  await dialog(page, 'Save a snapshot').getByRole('textbox', { name: /^Name/ }).fill('before');
  await dialog(page, 'Save a snapshot').getByRole('button', { name: 'Save', exact: true }).click();
  const open = page.getByRole('button', { name: 'before', exact: true });
  await open.waitFor();
  await meanwhile(api, 2, {
    description: 'Another text',
    update_member_roles: [{ user_id: await idOf(api, 2, 'dave'), role: 'member' }],
    remove_members: [await idOf(api, 2, 'mei')],
  });
  await open.click();
  await page.getByRole('heading', { name: /^Changes since /, level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Read again', exact: true }).click();
  await soon(() => page.getByRole('table', { name: 'Changes', exact: true }).getByRole('row').count(), 4);
  await page.getByRole('button', { name: 'Go back to this…', exact: true }).click();
  await page.getByText('1 thing cannot be done', { exact: true }).waitFor();
  await axe();
  await applyChanges(page);
  const { mei, ...rest } = was;
  assert.equal(mei, 'member');
  assert.deepEqual(await roles(api, 2), rest);
  const now = (await api(`${ONE}/2`, { token: TOKENS.carol })).body;
  assert.equal(now.description, before.description);
});
