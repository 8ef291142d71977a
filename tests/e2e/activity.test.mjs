// What this browser has done: written down before it is sent, kept over reloads, looked up after a crash, never with a token.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { at, dialog, enter, memberRow, membersOf, openGroup, openSettings, pathOf, people, removeButton, said, soon, writes } from './harness/instabase.mjs';
import { groupsAreRead, openConnections } from './harness/steps.mjs';

const table = (page) => page.getByRole('table', { name: 'Activity', exact: true });
const entries = (page) => table(page).getByRole('row').filter({ has: page.getByRole('button') });
const entry = (page, what) => entries(page).filter({ has: page.getByRole('button', { name: what, exact: true }) });
const press = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
const open = async (page) => {
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await page.getByRole('heading', { name: 'Activity', exact: true, level: 1 }).waitFor();
};
/** Everything that the page keeps in IndexedDB, as text. */
const kept = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('muster', 1);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const all = request.result.transaction('runs').objectStore('runs').getAll();
          all.onsuccess = () => {
            request.result.close();
            resolve(all.result);
          };
        };
      }),
  );

journey('each kind of change is there, with what came of it, after a reload too; filtered, searched, exported, cleared', {}, async ({ page, fault, api, axe, shot }) => {
  await enter(page);
  await open(page);
  await page.getByText('Nothing was changed yet', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Groups', exact: true }).click();
  await openGroup(page, 'Design');
  const { members } = await people(api, 'design');
  const [first, second] = members;
  await removeButton(page, first).click();
  await memberRow(page, first).getByText(/^removed \d\d:\d\d$/).waitFor();
  fault.on('POST', membersOf('design'), { json: { status: 'ERROR', msg: 'Not on a Sunday' } }, { times: 1 });
  await removeButton(page, second).click();
  await memberRow(page, second).getByRole('alert').waitFor();
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.getByRole('textbox', { name: /^Description/ }).fill('Changed by hand');
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await soon(async () => (await api(pathOf('design'))).body.group.description, 'Changed by hand');
  await page.getByRole('link', { name: 'Groups', exact: true }).first().click();
  await page.getByRole('link', { name: 'New group', exact: true }).click();
  await page.getByRole('textbox', { name: 'Display name' }).fill('Fresh Paint');
  await page.getByRole('button', { name: 'Create group', exact: true }).click();
  await page.getByRole('heading', { name: 'Fresh Paint', exact: true, level: 1 }).waitFor();
  await open(page);
  const titles = ['Create Fresh Paint', 'Change Design', `Remove ${second} from Design`, `Remove ${first} from Design`];
  const outcomes = ['done', 'done', 'refused', 'done'];
  const seen = async () => (await entries(page).all()).length;
  await soon(seen, 4);
  for (const reload of [false, true]) {
    if (reload) {
      // The address follows a moment after the dialog was closed.
      await page.waitForURL((url) => !url.searchParams.has('run'));
      await page.reload();
    }
    await soon(() => table(page).getByRole('button').allInnerTexts(), titles);
    await entry(page, titles[3]).getByRole('button').click();
    await said(page, /^Done, read back and proved at \d\d:\d\d\.$/).waitFor();
    await press(page, 'Close');
    for (const [place, title] of titles.entries()) await entry(page, title).getByText(outcomes[place], { exact: true }).waitFor();
  }
  await shot('activity');
  await axe();
  await page.getByRole('combobox', { name: 'Show', exact: true }).selectOption('Refused or not done');
  await soon(() => table(page).getByRole('button').allInnerTexts(), [titles[2]]);
  await entry(page, titles[2]).getByRole('button').click();
  await page.getByRole('list', { name: 'Not done', exact: true }).getByText(/refused: “Not on a Sunday”/).waitFor();
  await axe();
  // From here it can be tried again, and then is done.
  await press(page, 'Retry refused');
  await said(page, /^Done, read back and proved at/).waitFor();
  assert.ok(!(await people(api, 'design')).members.includes(second));
  await press(page, 'Close');
  await page.getByRole('combobox', { name: 'Show', exact: true }).selectOption('Everything');
  await page.getByRole('searchbox', { name: 'Search activity', exact: true }).fill(`design ${first}`);
  await soon(() => table(page).getByRole('button').allInnerTexts(), [titles[3]]);
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save file')]);
  const lines = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n');
  assert.equal(lines.length, 2);
  assert.match(lines[1], new RegExp(`^Demo Instabase,[^,]+,[^,]+,alice,,Remove ${first} from Design,design,Design,${first},removed$`));
  await page.getByRole('searchbox', { name: 'Search activity', exact: true }).fill('');
  // No token is in what is kept.
  const records = await kept(page);
  assert.equal(records.length, 4);
  for (const record of records) assert.ok(!record.includes(TOKENS.alice) && !record.includes('Bearer'), record);
  await page.getByRole('button', { name: 'Clear activity', exact: true }).click();
  await press(page, 'Clear');
  await page.getByText('Nothing was changed yet', { exact: true }).waitFor();
  await soon(() => kept(page), []);
});

journey('a removal leads to its receipt, where it is taken back', {}, async ({ page, api }) => {
  await enter(page);
  await openGroup(page, 'Design');
  const before = await people(api, 'design');
  const [name] = before.members;
  await removeButton(page, name).click();
  await page.getByRole('link', { name: `Receipt: ${name} removed`, exact: true }).click();
  await dialog(page, `Remove ${name} from Design`).waitFor();
  await press(page, 'Undo');
  await dialog(page, `Undo: Remove ${name} from Design`).waitFor();
  await said(page, /^Done, read back/).waitFor();
  assert.deepEqual((await people(api, 'design')).members.sort(), before.members.sort());
  await press(page, 'Close');
});

journey('somebody else has changed the same since: the undo leaves it alone and says so', {}, async ({ page, api }) => {
  await enter(page);
  await openGroup(page, 'Design');
  const [name] = (await people(api, 'design')).members;
  await removeButton(page, name).click();
  await memberRow(page, name).getByText(/^removed/).waitFor();
  await api(membersOf('design'), { method: 'POST', body: { admin: { [name]: true } } });
  await open(page);
  await entry(page, `Remove ${name} from Design`).getByRole('button').click();
  await press(page, 'Undo');
  await page.getByText(/nothing was sent: somebody changed this meanwhile, the role is now Admin/).waitFor();
  assert.ok((await people(api, 'design')).admins.includes(name));
  await press(page, 'Close');
});

journey('the page is closed while a change is under way: the next one looks what came of it', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  await enter(page);
  await openGroup(page, 'Design');
  const [done, lost] = (await people(api, 'design')).members;
  // The one is done and its answer never comes, the other never arrives.
  const hang = fault.on('POST', membersOf('design'), { lose: true, delay: 100 }, { times: 1 });
  const look = fault.on('GET', pathOf('design'), { hang: true });
  const struck = hang.struck();
  await removeButton(page, done).click();
  await struck;
  await soon(async () => (await people(api, 'design')).members.includes(done), false);
  const never = fault.on('POST', membersOf('design'), { hang: true }, { times: 1 });
  const arrived = never.struck();
  await removeButton(page, lost).click();
  await arrived;
  look.off();
  await page.reload();
  await open(page);
  await entry(page, `Remove ${done} from Design`).getByText('done', { exact: true }).waitFor();
  await entry(page, `Remove ${lost} from Design`).getByText('not done', { exact: true }).waitFor();
  const { members } = await people(api, 'design');
  assert.ok(!members.includes(done) && members.includes(lost));
  assert.equal(writes(fault).length, 2, 'nothing was sent again');
});

journey('without a network it is unknown, and is looked up when the network is back', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  await enter(page);
  await openGroup(page, 'Design');
  const [name] = (await people(api, 'design')).members;
  const lose = fault.on('POST', membersOf('design'), { lose: true }, { times: 1 });
  // The look that follows at once does not come through before the network is gone.
  const look = fault.on('GET', pathOf('design'), { hang: true });
  const struck = lose.struck();
  await removeButton(page, name).click();
  await struck;
  await fault.down();
  await memberRow(page, name).getByRole('alert').waitFor();
  await page.getByRole('link', { name: '1 to look at', exact: true }).waitFor();
  look.off();
  await fault.up();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.getByRole('link', { name: '1 to look at', exact: true }).waitFor({ state: 'detached' });
  await open(page);
  await entry(page, `Remove ${name} from Design`).getByText('done', { exact: true }).waitFor();
  assert.ok(!(await people(api, 'design')).members.includes(name));
});

journey('a connection that is not remembered: its activity goes with its tab; a forgotten one takes it along', {}, async ({ page, context, fault }) => {
  await page.goto('/connect');
  await page.getByRole('checkbox', { name: 'Remember on this device' }).uncheck();
  await page.getByRole('button', { name: 'Try as alice', exact: true }).click();
  await groupsAreRead(page);
  await openSettings(page, 'Design');
  await page.getByRole('textbox', { name: /^Description/ }).fill('Short-lived');
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await open(page);
  await entry(page, 'Change Design').waitFor();
  await page.reload();
  await entry(page, 'Change Design').waitFor();
  const other = await context.newPage();
  await other.goto(`${fault.url}/connect`);
  await connect(other, { system: 'Instabase', user: 'bob' });
  await groupsAreRead(other);
  assert.equal((await kept(other)).length, 1, 'as long as its tab');
  await page.close();
  await other.reload();
  await groupsAreRead(other);
  await soon(() => kept(other), []);
  // And with a connection that is forgotten.
  await openSettings(other, 'Engineering');
  await other.getByRole('textbox', { name: /^Description/ }).fill('By bob');
  await other.getByRole('button', { name: 'Save changes', exact: true }).click();
  await soon(async () => (await kept(other)).length, 1);
  await openConnections(other, 'Demo Instabase');
  await other.getByRole('button', { name: /^Disconnect/ }).click();
  await other.getByRole('button', { name: /^Forget/ }).click();
  await soon(() => kept(other), []);
});

journey('on a phone', { viewport: 'phone', colorScheme: 'dark' }, async ({ page, api, axe, shot }) => {
  await enter(page);
  await openGroup(page, 'Design');
  const [name] = (await people(api, 'design')).members;
  await removeButton(page, name).click();
  await memberRow(page, name).getByText(/^removed/).waitFor();
  await page.goto(at(page, 'activity'));
  await entry(page, `Remove ${name} from Design`).waitFor();
  await shot('activity-phone');
  await axe();
  await entry(page, `Remove ${name} from Design`).getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Copy report', exact: true }).waitFor();
  await shot('receipt-phone');
});
