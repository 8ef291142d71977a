// What was typed and not sent survives: a reload, a crash of the tab, a refused token, leaving the page. It goes when it is
// sent, when it is thrown away on purpose, and with its connection.
import assert from 'node:assert/strict';
import { at, enter, fieldsOf, openSettings, said, soon } from './harness/instabase.mjs';
import { TOKENS, journey } from './harness/journey.mjs';
import { fillConnection, groupsAreRead } from './harness/steps.mjs';

const field = (page, name) => page.getByRole('form', { name: 'Details', exact: true }).getByRole('textbox', { name });
const newField = (page, name) => page.getByRole('form', { name: 'New group', exact: true }).getByRole('textbox', { name });
const TYPED = 'Typed with care.';

/** Everything that is kept in both storages of a page, as one text. */
const storages = (page) => page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
const drafts = (page) => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('muster.draft.')));

journey('the settings of a group keep what was typed over a reload, until it is saved', {}, async ({ page, api, axe }) => {
  await enter(page);
  await openSettings(page, 'Legal');
  await field(page, 'Description').fill(TYPED);
  await page.reload();
  await page.getByText('What you typed here before was kept. It has not been saved.').waitFor();
  assert.equal(await field(page, 'Description').inputValue(), TYPED);
  await axe();
  await page.getByRole('link', { name: 'People', exact: true }).click();
  await page.getByRole('heading', { name: 'People', exact: true, level: 1 }).waitFor();
  await page.goBack();
  await page.getByText('What you typed here before was kept.').waitFor();
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await said(page, /^Saved \d\d:\d\d$/).waitFor();
  assert.equal((await fieldsOf(api, 'legal')).description, TYPED);
  assert.deepEqual(await drafts(page), []);
});

journey('the settings of a group: thrown away on purpose, it is gone', {}, async ({ page, api }) => {
  const before = await fieldsOf(api, 'legal');
  await enter(page);
  await openSettings(page, 'Legal');
  await field(page, 'Description').fill(TYPED);
  await field(page, 'Display name').fill('Law');
  await page.getByRole('button', { name: 'Throw away', exact: true }).click();
  await said(page, 'What you typed was thrown away.').waitFor();
  assert.equal(await field(page, 'Description').inputValue(), before.description);
  assert.equal(await field(page, 'Display name').inputValue(), before.full_name);
  await page.reload();
  await page.getByRole('button', { name: 'Save changes', exact: true }).waitFor();
  assert.equal(await field(page, 'Description').inputValue(), before.description);
  assert.deepEqual(await drafts(page), []);
});

journey('a new group keeps what was typed over a reload, until it is made', {}, async ({ page, api, axe }) => {
  await enter(page);
  await groupsAreRead(page);
  await page.goto(at(page, 'new-group'));
  await newField(page, 'Display name').fill('Night shift');
  await newField(page, 'Description').fill(TYPED);
  await page.getByRole('checkbox', { name: 'Add me as a group admin' }).uncheck();
  await page.reload();
  await page.getByText('What you typed here before was kept.').waitFor();
  assert.equal(await newField(page, 'Display name').inputValue(), 'Night shift');
  assert.equal(await newField(page, 'Internal name').inputValue(), 'night_shift');
  assert.equal(await newField(page, 'Description').inputValue(), TYPED);
  assert.equal(await page.getByRole('checkbox', { name: 'Add me as a group admin' }).isChecked(), false);
  await axe();
  // The internal name still follows.
  await newField(page, 'Display name').fill('Night shift 2');
  assert.equal(await newField(page, 'Internal name').inputValue(), 'night_shift_2');
  await page.getByRole('button', { name: 'Create group', exact: true }).click();
  await page.getByRole('heading', { name: 'Night shift 2', exact: true, level: 1 }).waitFor();
  assert.equal((await fieldsOf(api, 'night_shift_2')).description, TYPED);
  assert.deepEqual(await drafts(page), []);
});

journey('a new group: started anew or cancelled, it is gone; one like another is kept apart', {}, async ({ page }) => {
  await enter(page);
  await groupsAreRead(page);
  await page.goto(at(page, 'new-group'));
  await newField(page, 'Display name').fill('Night shift');
  await page.goto(at(page, 'new-group?like=legal'));
  await page.waitForFunction(() => document.querySelector('input')?.value.startsWith('Copy of'));
  // What is only taken from the other group is not kept.
  assert.equal((await drafts(page)).some((key) => key.endsWith('new-group/legal')), false);
  await newField(page, 'Description').fill(TYPED);
  await page.reload();
  await page.getByText('What you typed here before was kept.').waitFor();
  assert.equal(await newField(page, 'Description').inputValue(), TYPED);
  await page.getByRole('button', { name: 'Start anew', exact: true }).click();
  assert.equal(await newField(page, 'Display name').inputValue(), 'Copy of Legal');
  await page.goto(at(page, 'new-group'));
  await page.getByText('What you typed here before was kept.').waitFor();
  assert.equal(await newField(page, 'Display name').inputValue(), 'Night shift');
  await page.getByRole('link', { name: 'Cancel', exact: true }).click();
  await groupsAreRead(page);
  assert.deepEqual(await drafts(page), []);
});

journey('Connect keeps what was typed over a reload, and never the token', {}, async ({ page, fault }) => {
  const secret = 'a-token-that-nobody-else-may-have';
  await page.goto('/connect');
  await fillConnection(page, { system: 'snip', server: `${fault.url}/account`, token: secret, name: 'Lab' });
  await page.waitForFunction(() => sessionStorage.getItem('muster.draft./connect')?.includes('Lab'));
  assert.equal((await storages(page)).includes(secret), false);
  await page.reload();
  const form = page.getByRole('form', { name: 'New connection' });
  await page.waitForFunction(() => [...document.querySelectorAll('input')].some((input) => input.value === 'Lab'));
  assert.equal(await form.getByRole('combobox', { name: 'System', exact: true }).evaluate((select) => select.selectedOptions[0].label), 'snip');
  assert.equal(await form.getByRole('textbox', { name: 'Server', exact: true }).inputValue(), `${fault.url}/account`);
  assert.equal(await form.getByRole('textbox', { name: 'Token', exact: true }).inputValue(), '');
  await fillConnection(page, { token: TOKENS.carol });
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await groupsAreRead(page);
  assert.deepEqual(await drafts(page), []);
});

journey('people chosen for several groups are kept over a reload, until they are added', {}, async ({ page }) => {
  await enter(page);
  await groupsAreRead(page);
  const open = async () => {
    await page.getByRole('searchbox', { name: 'Search groups' }).fill('Legal');
    await page.getByRole('checkbox', { name: 'Select Legal' }).check();
    await page.getByRole('button', { name: 'Add people', exact: true }).click();
    return page.getByRole('dialog', { name: 'Add people to 1 group' });
  };
  let add = await open();
  await add.getByRole('combobox', { name: 'People' }).fill('somebody.new');
  await add.getByRole('combobox', { name: 'People' }).press('Enter');
  await add.getByRole('combobox', { name: 'People' }).fill('half.typ');
  await page.reload();
  await groupsAreRead(page);
  add = await open();
  await add.getByText('somebody.new', { exact: true }).waitFor();
  assert.equal(await add.getByRole('combobox', { name: 'People' }).inputValue(), 'half.typ');
  // A review that is given up leaves it as it was.
  await add.getByRole('combobox', { name: 'People' }).fill('');
  await add.getByRole('button', { name: 'Review', exact: true }).click();
  const review = page.getByRole('dialog', { name: /^Add 1 person to 1 group/ });
  await review.getByRole('textbox', { name: /^Ticket/ }).fill('HR-1182');
  await page.reload();
  await groupsAreRead(page);
  add = await open();
  await add.getByText('somebody.new', { exact: true }).waitFor();
  await add.getByRole('button', { name: 'Review', exact: true }).click();
  assert.equal(await review.getByRole('textbox', { name: /^Ticket/ }).inputValue(), 'HR-1182');
  await review.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Add people', exact: true }).click();
  add = page.getByRole('dialog', { name: 'Add people to 1 group' });
  await add.getByText('somebody.new', { exact: true }).waitFor();
  await add.getByRole('button', { name: 'Cancel', exact: true }).click();
  assert.deepEqual((await drafts(page)).filter((key) => !key.endsWith('/ticket')), []);
});

journey('a refused token and a reload lose nothing that was typed', {}, async ({ page, fault, expectRefused }) => {
  await enter(page);
  await openSettings(page, 'Legal');
  await field(page, 'Description').fill(TYPED);
  expectRefused(401);
  const out = fault.on('*', /^\/api\//, { status: 401, body: { status: 'ERROR', msg: 'expired' } });
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await page.reload();
  await page.getByRole('dialog').waitFor();
  out.off();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Token' }).fill(TOKENS.alice);
  await page.getByRole('dialog').getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('What you typed here before was kept.').waitFor();
  assert.equal(await field(page, 'Description').inputValue(), TYPED);
});

journey('what was typed goes in every tab with the connection that is forgotten', {}, async ({ page, context }) => {
  await enter(page);
  await openSettings(page, 'Legal');
  await field(page, 'Description').fill(TYPED);
  const other = await context.newPage();
  await other.goto(at(page, 'groups/legal/settings'));
  await field(other, 'Description').fill(`${TYPED} Elsewhere.`);
  await other.waitForFunction((text) => JSON.stringify({ ...sessionStorage }).includes(text), TYPED);
  await page.goto('/connect');
  await page.getByRole('button', { name: /^Forget / }).click();
  await page.waitForFunction((text) => !JSON.stringify([{ ...sessionStorage }, { ...localStorage }]).includes(text), TYPED);
  await other.waitForFunction((text) => !JSON.stringify([{ ...sessionStorage }, { ...localStorage }]).includes(text), TYPED);
  await other.close();
});

/** What a tab says to the browser's own tools: those that steer this journey let go of a tab that has crashed. */
async function pastCrash(browser, address) {
  const tools = await browser.newBrowserCDPSession();
  const { targetInfos } = await tools.send('Target.getTargets');
  const tab = targetInfos.find(({ type, url }) => type === 'page' && url === address);
  const { sessionId } = await tools.send('Target.attachToTarget', { targetId: tab.targetId, flatten: false });
  const waiting = new Map();
  tools.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message);
    waiting.get(id)?.(result);
  });
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = waiting.size + 1;
      waiting.set(id, resolve);
      tools.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) }).catch(reject);
    });
}

journey('a tab that crashes and is loaded again has what was typed', {}, async ({ page: first, context, another }) => {
  await first.goto('/connect');
  const { page, discard } = await another();
  await enter(page);
  await openSettings(page, 'Legal');
  await field(page, 'Description').fill(TYPED);
  await page.waitForFunction((text) => JSON.stringify({ ...sessionStorage }).includes(text), TYPED);
  const address = page.url();
  const crashed = page.waitForEvent('crash');
  const session = await page.context().newCDPSession(page);
  // What has crashed gives no answer.
  session.send('Page.crash').catch(() => {});
  await crashed;
  discard();
  const tell = await pastCrash(context.browser(), address);
  await tell('Page.navigate', { url: address });
  const seen = async () => {
    const answer = await tell('Runtime.evaluate', { expression: "document.querySelector('textarea')?.value ?? ''", returnByValue: true });
    return answer?.result?.value;
  };
  await soon(seen, TYPED);
});
