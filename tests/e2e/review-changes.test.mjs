// What is brought is reviewed, struck, applied and proved; what goes wrong on the way is told, and nothing is lost.
import assert from 'node:assert/strict';
import { LONG_LIST, allKeys, at, enter, fieldsOf, meanwhile, membersOf, pathOf, people, said, soon, warned, writes } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { copied, groupsAreRead } from './harness/steps.mjs';

const review = (page) => page.getByRole('region', { name: 'Review changes', exact: true });
const press = (page, name) => review(page).getByRole('button', { name, exact: true }).click();
const line = (page, name) => review(page).getByRole('checkbox', { name, exact: true });
const sum = (page, text) => said(review(page), text).waitFor();
const exactly = (page) => review(page).getByRole('radio', { name: 'Make it exactly so', exact: true }).check();
const before = (page) => review(page).getByRole('note', { name: 'Before it is applied', exact: true });
const outcomes = (page, name) => page.getByRole('list', { name, exact: true }).getByRole('listitem');
const calls = (fault, key) => writes(fault).filter(({ path }) => path === membersOf(key)).map(({ body }) => JSON.parse(body));
const named = (body) => Object.values(body).flatMap((who) => Object.keys(who));
const allDone = (page) => said(page, /^(All \S+ d|D)one, read back and proved at \d\d:\d\d\.$/).waitFor();
const nothingLeft = (page) => said(page, /^Nothing is left to do: the groups were read again, and everything is as it was to be\.$/).waitFor();

/** A line with all four cells. */
const whole = (line) => line + ','.repeat(4 - line.split(',').length);

/** Brings cells of a spreadsheet, and goes on to the review of what they change. */
async function bring(page, lines, { create, again } = {}) {
  if (!page.url().endsWith('/groups')) await page.goto(at(page, 'groups'));
  await groupsAreRead(page);
  await page.getByRole('link', { name: 'Import…', exact: true }).click();
  // What was brought last is still there.
  if (again) await page.getByRole('button', { name: 'Bring something else', exact: true }).click();
  await page.getByRole('textbox', { name: 'Paste cells', exact: true }).fill(['group,person,role,action', ...lines.map(whole)].join('\n'));
  await page.getByRole('button', { name: 'Read cells', exact: true }).click();
  if (create) await page.getByRole('checkbox', { name: 'Create missing groups', exact: true }).check();
  await goOn(page);
}

/** From the lines that were matched to the review. */
async function goOn(page) {
  await page.getByRole('button', { name: 'Review changes', exact: true }).and(page.locator(':not([aria-disabled])')).click();
  await review(page).waitFor();
}

/** Everybody of a group, sorted. */
const everybody = async (api, key) => {
  const { admins, members } = await people(api, key);
  return [...new Set([...admins, ...members])].sort();
};

journey('what was decided in a review is there again after a reload, and belongs to what was brought', {}, async ({ page, api, fault }) => {
  const roster = await everybody(api, 'Team_1');
  await enter(page);
  await bring(page, ['Team_1,dave,admin', 'Team_1,anders,admin', 'Team_1,zoe,']);
  await exactly(page);
  const struck = line(page, 'bela in Team 1: remove (Member)');
  await struck.uncheck();
  await review(page).getByRole('textbox', { name: 'Ticket', exact: false }).fill('HR-1182');
  await page.reload();
  await goOn(page);
  await review(page).getByRole('radio', { name: 'Make it exactly so', exact: true, checked: true }).waitFor();
  assert.equal(await struck.isChecked(), false);
  assert.equal(await review(page).getByRole('textbox', { name: 'Ticket', exact: false }).inputValue(), 'HR-1182');
  // Something else that is brought begins anew.
  await bring(page, ['Team_1,dave,admin', 'Team_1,zoe,'], { again: true });
  await review(page).getByRole('radio', { name: 'Add what is missing', exact: true, checked: true }).waitFor();
  assert.equal(writes(fault).length, 0);
  assert.deepEqual(await everybody(api, 'Team_1'), roster);
});

journey('what is chosen anew while the groups are read again is not sent: the button has to be pressed for it', {}, async ({ page, api, fault }) => {
  const roster = await everybody(api, 'Team_1');
  await enter(page);
  await bring(page, ['Team_1,dave,admin', 'Team_1,anders,admin', 'Team_1,zoe,']);
  const slow = fault.on('GET', pathOf('Team_1'), { delay: 1_500 });
  const struck = slow.struck();
  await review(page).getByRole('button', { name: /^Apply \d+ change/ }).click();
  await struck;
  await exactly(page);
  await review(page).getByRole('textbox', { name: /^Type \d+ to go on$/ }).waitFor();
  await review(page).getByRole('button', { name: 'Back', exact: true }).waitFor();
  slow.off();
  // What was asked before has come back, and nothing follows from it.
  await page.goto(at(page, 'activity'));
  await page.getByRole('heading', { name: 'Activity', level: 1, exact: true }).waitFor();
  assert.equal(writes(fault).length, 0);
  assert.deepEqual(await everybody(api, 'Team_1'), roster);
});

for (const quirks of [false, true]) {
  const kind = quirks ? ' (quirks)' : '';

  journey(`several groups are made as wished: reviewed, one line struck, applied, proved, and the same again shows nothing${kind}`, { quirks }, async ({ page, api, fault, axe, shot }) => {
    const wish = ['Team_1,dave,admin', 'Team_1,anders,admin', 'Team_1,zoe,', 'Team_2,carol,', 'Team_2,dave,', 'Team_2,yara,', 'Team_2,sven,', 'Team_2,mara,', 'fresh_team,alice,admin', 'fresh_team,bob,member'];
    await enter(page);
    await bring(page, wish, { create: true });
    await sum(page, '3 groups · 1 new · +4 · 1 role');
    await axe();
    // What is not named goes only where that is wished.
    await exactly(page);
    await sum(page, '3 groups · 1 new · +4 · −2 · 1 role');
    await before(page).getByText('Takes 2 of 4 people (50 %) out of “Team 1”.', { exact: true }).waitFor();
    await line(page, 'bela in Team 1: remove (Member)').uncheck();
    await sum(page, '3 groups · 1 new · +4 · −1 · 1 role · 1 struck');
    await shot('review-changes');
    await axe();
    // What is struck stays so in the other mode and back.
    await review(page).getByRole('radio', { name: 'Add what is missing', exact: true }).check();
    await sum(page, '3 groups · 1 new · +4 · 1 role');
    await exactly(page);
    await sum(page, '3 groups · 1 new · +4 · −1 · 1 role · 1 struck');
    // By person, searched.
    await press(page, 'By person');
    await review(page).getByRole('searchbox', { name: 'Search changes', exact: true }).fill('team 1 dave');
    await line(page, 'dave in Team 1: change from Member to Admin').waitFor();
    assert.equal(await review(page).getByRole('checkbox').count(), 3, 'the admins, a head and its line');
    await review(page).getByRole('searchbox', { name: 'Search changes', exact: true }).fill('');
    await press(page, 'By group');
    assert.equal(writes(fault).length, 0, 'nothing is sent before');
    // A quarter of Team 1 goes: its number is typed.
    await press(page, 'Apply 7 changes');
    await review(page).getByText('Type 1 to go on.', { exact: true }).waitFor();
    assert.equal(writes(fault).length, 0);
    await review(page).getByRole('textbox', { name: 'Type 1 to go on', exact: true }).fill('1');
    await review(page).getByRole('textbox', { name: /^Ticket/ }).fill('HR-1182');
    await press(page, 'Apply 7 changes');
    await allDone(page);
    await said(page, /^Nothing is left to do but what was left out: 1 struck\.$/).waitFor();
    await shot('review-changes-receipt');
    await axe();
    assert.deepEqual(await everybody(api, 'Team_1'), ['anders', 'bela', 'dave', 'zoe']);
    assert.deepEqual((await people(api, 'Team_1')).admins.sort(), ['anders', 'dave']);
    assert.deepEqual(await everybody(api, 'Team_2'), ['carol', 'dave', 'mara', 'sven', 'yara']);
    assert.deepEqual((await people(api, 'fresh_team')).admins, ['alice']);
    assert.deepEqual(await everybody(api, 'fresh_team'), ['alice', 'bob']);
    assert.equal(calls(fault, 'Team_1').length, 1, 'all of one group in one call');
    // The same again.
    await press(page, 'Back');
    await goOn(page);
    await said(review(page), 'Everything named is so already.').waitFor();
    assert.equal(await review(page).getByRole('button', { name: /^Apply/ }).count(), 0);
    await page.getByRole('link', { name: 'Activity', exact: true }).click();
    await page.getByRole('row').filter({ hasText: /Import/ }).filter({ hasText: 'all 7 done' }).getByRole('button').first().click();
    assert.equal(await page.getByRole('dialog').getByRole('textbox', { name: 'Ticket' }).inputValue(), 'HR-1182');
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  });
}

journey('somebody else changes something between the review and the button: it is shown before anything is sent', {}, async ({ page, api, fault, axe, shot }) => {
  await enter(page);
  await bring(page, ['Team_2,carol,', 'Team_2,dave,', 'Team_2,yara,', 'Team_2,sven,', 'Team_2,mara,']);
  await exactly(page);
  await sum(page, '1 group · +1');
  await meanwhile(api, membersOf('Team_2'), { body: { member: { zoe: true, mara: true, sven: false } } });
  await press(page, 'Apply 1 change');
  await warned(page, 'Nothing was sent: somebody has changed something meanwhile.').waitFor();
  assert.deepEqual(await page.getByRole('list', { name: 'Different now', exact: true }).getByRole('listitem').allInnerTexts(), [
    'Now: sven in Team 2: add as Member',
    'Now: zoe in Team 2: remove (Member)',
    'No longer: mara in Team 2: add as Member',
  ]);
  assert.equal(writes(fault).length, 0);
  await shot('review-changes-changed');
  await axe();
  await line(page, 'zoe in Team 2: remove (Member)').uncheck();
  await press(page, 'Apply 1 change');
  await allDone(page);
  assert.deepEqual(await everybody(api, 'Team_2'), ['carol', 'dave', 'mara', 'sven', 'yara', 'zoe']);
});

journey('more groups than are read one by one: the whole list is read again before anything is sent, and shows what has changed', {}, async ({ page, api, fault, axe, expectRefused }) => {
  expectRefused('network');
  const keys = (await allKeys(api)).filter((key) => key !== 'all_staff').slice(0, 34);
  const missing = [];
  for (const key of keys) if (!(await everybody(api, key)).includes('zoe')) missing.push(key);
  assert.ok(missing.length > 20);
  await enter(page);
  await bring(page, keys.map((key) => `${key},zoe,`));
  await sum(page, `${missing.length} groups · +${missing.length}`);
  const [first, ...rest] = missing;
  await meanwhile(api, membersOf(first), { body: { member: { zoe: true } } });
  const reads = () => fault.log.filter(({ method, path }) => method === 'GET' && path.includes('/group/')).length;
  const before = reads();
  await press(page, `Apply ${missing.length} changes`);
  await warned(page, 'Nothing was sent: somebody has changed something meanwhile.').waitFor();
  assert.equal(reads(), before, 'none is read by itself');
  assert.equal(writes(fault).length, 0);
  assert.equal(await page.getByRole('list', { name: 'Different now', exact: true }).getByRole('listitem').count(), 1);
  await axe();
  // Without the list nothing is sent.
  const broken = fault.on('GET', LONG_LIST, { refuse: true });
  await press(page, `Apply ${rest.length} changes`);
  await warned(page, 'Nothing was sent. The groups could not be read again').waitFor();
  broken.off();
  await press(page, `Apply ${rest.length} changes`);
  await allDone(page);
  await nothingLeft(page);
  for (const key of keys) assert.ok((await everybody(api, key)).includes('zoe'), key);
  assert.equal(writes(fault).length, rest.length);
});

journey('the connection is lost in mid-run and comes back: nobody is lost, nobody sent twice', {}, async ({ page, api, fault, expectRefused }) => {
  expectRefused('network');
  const { admins, members } = await people(api, 'all_staff');
  const some = members.slice(0, 150);
  await enter(page);
  await bring(page, [...some.map((name) => `infra,${name},`), ...some.map((name) => `qa_all,${name},`)]);
  const lost = fault.on('POST', membersOf('qa_all'), { lose: true }, { times: 1 });
  const struck = lost.struck();
  await review(page).getByRole('button', { name: /^Apply \d+ changes$/ }).click();
  await struck;
  await fault.down();
  await page.getByText(/The server cannot be reached\. Nothing is lost/).waitFor();
  await fault.up();
  await press(page, 'Try now');
  await allDone(page);
  await nothingLeft(page);
  for (const key of ['infra', 'qa_all']) {
    const now = await everybody(api, key);
    assert.ok(some.every((name) => now.includes(name)), key);
    const sent = calls(fault, key).flatMap(named);
    assert.equal(new Set(sent).size, sent.length, 'nobody was sent twice');
  }
  assert.equal(admins.length, 1);
});

journey('the page is reloaded in mid-run: it goes on from Activity, and the same again shows nothing to do', {}, async ({ page, api, fault }) => {
  const { members } = await people(api, 'all_staff');
  const some = members.filter((name) => name !== 'farid').slice(0, 120);
  const wish = some.map((name) => `sec_oncall,${name},`);
  await enter(page);
  await bring(page, wish);
  // The first call is let through, the second one hangs: of two rules the later one is asked first.
  const hang = fault.on('POST', membersOf('sec_oncall'), { hang: true }, { times: 1 });
  fault.on('POST', membersOf('sec_oncall'), {}, { times: 1 });
  const struck = hang.struck();
  await press(page, 'Apply 120 changes');
  await struck;
  hang.off();
  await page.reload();
  await page.getByRole('link', { name: '1 to look at', exact: true }).click();
  await page.getByRole('row').getByRole('button', { name: /^Import/ }).click();
  await page.getByText(/This was cut off when its page was closed/).waitFor();
  assert.equal((await everybody(api, 'sec_oncall')).length, 101);
  await page.getByRole('dialog').getByRole('button', { name: 'Go on', exact: true }).click();
  await allDone(page);
  assert.deepEqual(await everybody(api, 'sec_oncall'), ['farid', ...some].sort());
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  await page.goto(at(page, 'import'));
  await goOn(page);
  await said(review(page), 'Everything named is so already.').waitFor();
});

journey('somebody moves: where the arrival is refused, they stay where they are', {}, async ({ page, api, fault, axe }) => {
  await enter(page);
  await bring(page, ['Team_1,mara,', 'Team_1,zoe,', 'Team_10,carol,', 'Team_10,mara,,remove']);
  await sum(page, '2 groups · +2 · −1');
  fault.on('POST', membersOf('Team_1'), { status: 200, body: { status: 'ERROR', msg: 'Not today' } }, { times: 1 });
  await review(page).getByRole('textbox', { name: 'Type 1 to go on', exact: true }).fill('1');
  await press(page, 'Apply 3 changes');
  await warned(page, /^0 of 3 done/).waitFor();
  assert.ok((await outcomes(page, 'Not done').allInnerTexts()).some((text) => text.includes('not sent: what had to be done before was not')));
  await warned(page, '3 of it is left to do.').waitFor();
  assert.deepEqual(await everybody(api, 'Team_10'), ['carol', 'malik', 'mara']);
  assert.equal(calls(fault, 'Team_10').length, 0);
  await axe();
  // What is left is what is reviewed next.
  await press(page, 'Review what is left');
  await sum(page, '2 groups · +2 · −1');
  await review(page).getByRole('textbox', { name: 'Type 1 to go on', exact: true }).fill('1');
  await press(page, 'Apply 3 changes');
  await allDone(page);
  await nothingLeft(page);
  assert.deepEqual(await everybody(api, 'Team_10'), ['carol', 'malik']);
  assert.deepEqual(await everybody(api, 'Team_1'), ['anders', 'aylin', 'bela', 'dave', 'mara', 'zoe']);
});

journey('the last admin goes only after the next one; without one it is said', {}, async ({ page, api, fault, axe, shot }) => {
  await enter(page);
  await bring(page, ['Team_2,carol,member', 'Team_2,dave,', 'release_managers,alice,,remove']);
  await before(page).getByText(/^Takes the last admin of 2 groups: “Team 2”, “Release Managers”\. After it nobody in it can add or remove people/).waitFor();
  await before(page).getByText(/^This takes out yourself: you leave “Release Managers”/).waitFor();
  await shot('review-changes-warnings');
  await axe();
  await bring(page, ['Team_2,carol,member', 'Team_2,dave,admin'], { again: true });
  await sum(page, '1 group · 2 roles');
  assert.equal(await before(page).count(), 0);
  await press(page, 'Apply 2 changes');
  await allDone(page);
  await nothingLeft(page);
  assert.deepEqual(calls(fault, 'Team_2'), [{ admin: { dave: true }, member: { dave: false } }, { admin: { carol: false }, member: { carol: true } }]);
  assert.deepEqual((await people(api, 'Team_2')).admins, ['dave']);
  assert.equal((await fieldsOf(api, 'Team_2')).full_name, 'Team 2');
});

journey('the groups cannot be read again: nothing is sent, and it may be tried once more', {}, async ({ page, api, fault, axe, expectRefused }) => {
  expectRefused(503);
  await enter(page);
  await bring(page, ['Team_2,mara,']);
  const bad = fault.on('GET', pathOf('Team_2'), { status: 503, body: 'no' });
  await press(page, 'Apply 1 change');
  await warned(page, 'Nothing was sent. The groups could not be read again').waitFor();
  assert.equal(writes(fault).length, 0);
  await axe();
  bad.off();
  await press(page, 'Apply 1 change');
  await allDone(page);
  assert.ok((await everybody(api, 'Team_2')).includes('mara'));
});

journey('on a phone, in the dark', { viewport: 'phone', colorScheme: 'dark' }, async ({ page, api, axe, shot }) => {
  await enter(page);
  await bring(page, ['Team_1,dave,admin', 'Team_1,zoe,', 'fresh_team,bob,member', 'legal,zoe,'], { create: true });
  await exactly(page);
  await shot('review-changes-phone');
  await review(page).getByRole('table', { name: 'Changes' }).scrollIntoViewIfNeeded();
  await line(page, 'All of Team 1').scrollIntoViewIfNeeded();
  await shot('review-changes-phone-lines');
  await axe();
  await line(page, 'All of Team 1').uncheck();
  await line(page, 'All of Legal').uncheck();
  await press(page, 'Apply 2 changes');
  await allDone(page);
  assert.deepEqual(await everybody(api, 'fresh_team'), ['bob']);
});

const mail = (name) => `${name}@example.com`;

/** Who is in a group of snip, as the server says: name → role. */
async function roles(api, id, token = TOKENS.carol) {
  const { body } = await api(`/api/account/groups/${id}`, { token });
  return Object.fromEntries(body.members.map(({ emails, role }) => [emails[0].split('@')[0], role]));
}

for (const quirks of [false, true]) {
  journey(`on snip nobody can be added: they are told with their e-mails, and the rest is done${quirks ? ' (quirks)' : ''}`, { quirks }, async ({ page, api, axe, shot, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await connect(page, { system: 'snip', user: 'carol' });
    const was = await roles(api, 2);
    const [one] = Object.keys(was).filter((name) => was[name] === 'member');
    await bring(page, [`2,${mail(one)},moderator`, `2,${mail('nobody')},`, `2,${mail('newcomer')},member`]);
    await review(page).getByText('2 things cannot be done', { exact: true }).waitFor();
    await sum(page, '1 group · 1 role');
    await shot('review-changes-snip');
    await axe();
    await press(page, 'Copy e-mails');
    await said(page, 'Copied').waitFor();
    assert.equal(await copied(page), `${mail('newcomer')}\n${mail('nobody')}`);
    await press(page, 'Apply 1 change');
    await allDone(page);
    await said(page, /^Nothing is left to do but what was left out: 2 cannot be done\.$/).waitFor();
    await soon(() => roles(api, 2), { ...was, [one]: 'moderator' });
  });
}
