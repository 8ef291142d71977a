// Groups and people side by side: who holds what where, compared with what the server says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { at, dialog, enter, openGroup, people, said, soon, warned, writes } from './harness/instabase.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { applyChanges, groupsAreRead } from './harness/steps.mjs';

const table = (page) => page.getByRole('table', { name: 'Comparison', exact: true });
const chips = (page) => page.getByRole('group', { name: 'Show only', exact: true });
const press = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

/** The lines of the table: name → what stands in the other cells. */
async function lines(page) {
  const rows = await table(page).getByRole('row').filter({ has: page.getByRole('cell') }).all();
  const texts = await Promise.all(rows.map((row) => row.getByRole('cell').evaluateAll((cells) => cells.map((cell) => {
    const clone = cell.cloneNode(true);
    for (const hidden of clone.querySelectorAll('.avatar, .on-phone, [aria-hidden]')) hidden.remove();
    return clone.textContent.trim();
  }))));
  return Object.fromEntries(texts.map(([name, ...held]) => [name, held.map((held) => (held === 'not in it' ? '' : held))]));
}

/** The same by the server: person → role in each of the groups. */
async function expected(api, keys) {
  const all = {};
  for (const [place, key] of keys.entries()) {
    const { admins, members } = await people(api, key);
    for (const [names, role] of [[admins, 'Admin'], [members, 'Member']]) {
      for (const name of names) {
        const held = (all[name] ??= keys.map(() => ''));
        held[place] = held[place] ? `${held[place]}, ${role}` : role;
      }
    }
  }
  return all;
}

async function download(page, what, form) {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  if (what) await dialog(page, 'Export').getByRole('radio', { name: what }).check();
  await dialog(page, 'Export').getByRole('radio', { name: form, exact: true }).check();
  const [file] = await Promise.all([page.waitForEvent('download'), press(page, 'Save file')]);
  return readFileSync(await file.path(), 'utf8');
}

for (const quirks of [false, true]) {
  journey(`two selected groups stand side by side, as the server has them${quirks ? ' (quirks)' : ''}`, { quirks }, async ({ page, api, axe, shot }) => {
    await enter(page);
    await said(page, /· read \d\d:\d\d/).waitFor();
    const names = ['Design', 'Data Science'];
    const compare = page.getByRole('group', { name: 'Selection', exact: true }).getByRole('button', { name: 'Compare', exact: true });
    await page.getByRole('checkbox', { name: 'Select Design', exact: true }).check();
    assert.ok(await compare.isDisabled(), 'one alone cannot be compared');
    await page.getByRole('checkbox', { name: 'Select Data Science', exact: true }).check();
    await compare.click();
    await page.getByRole('heading', { name: 'Compare groups', exact: true, level: 1 }).waitFor();
    await said(page, /· read \d\d:\d\d/).waitFor();
    const heads = await table(page).getByRole('columnheader').allInnerTexts();
    const keys = heads.slice(1).map((name) => ({ Design: 'design', 'Data Science': 'data_science' })[name]);
    assert.deepEqual([...heads.slice(1)].sort(), [...names].sort());
    const whole = await expected(api, keys);
    await soon(() => lines(page), whole);
    await axe();
    await shot('compare');
    // The chips count what they show.
    const is = {
      [`Only ${heads[1]}`]: ([a, b]) => a && !b,
      [`Only ${heads[2]}`]: ([a, b]) => !a && b,
      'In both': ([a, b]) => a && b,
      'Other role': ([a, b]) => a && b && a !== b,
    };
    for (const [name, fits] of Object.entries(is)) {
      const some = Object.fromEntries(Object.entries(whole).filter(([, held]) => fits(held)));
      const count = Object.keys(some).length;
      const chip = chips(page).getByRole('button', { name: `${name} ${count}`, exact: true });
      if (count === 0) assert.equal(await chip.getAttribute('aria-disabled'), 'true');
      else {
        await chip.click();
        await soon(() => lines(page), some, name);
      }
    }
    await chips(page).getByRole('button', { name: /^All / }).click();
    const someone = Object.keys(whole)[0];
    await page.getByRole('searchbox', { name: 'Search people', exact: true }).fill(someone.toUpperCase());
    await soon(async () => someone in (await lines(page)), true);
    // What is seen is what is exported; all of it as JSON.
    const csv = await download(page, /on the screen$/, 'CSV');
    assert.match(csv, new RegExp(`^connection,read,Person,Name,${heads[1]},${heads[2]}\r\n`));
    const json = JSON.parse(await download(page, /^All/, 'JSON'));
    assert.deepEqual(Object.fromEntries(json.rows.map((row) => [row.Name, [row[heads[1]], row[heads[2]]]])), whole);
  });
}

journey('a third group beside two, and a group asked for from its own page', {}, async ({ page, api, axe }) => {
  await enter(page);
  await openGroup(page, 'Design');
  await page.getByRole('link', { name: 'Compare with…', exact: true }).click();
  await page.getByRole('heading', { name: 'Compare', exact: true, level: 1 }).waitFor();
  await page.getByText('Design is to stand beside what you choose here.').waitFor();
  const box = page.getByRole('combobox', { name: 'Compare with', exact: true });
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByText('Choose a group from the list.').waitFor();
  await axe();
  await box.fill('data sci');
  await box.press('Enter');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await said(page, /· read \d\d:\d\d/).waitFor();
  await page.getByRole('link', { name: 'Add a group', exact: true }).click();
  await box.fill('infra');
  await box.press('Enter');
  const third = await box.inputValue();
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await said(page, /· read \d\d:\d\d/).waitFor();
  const heads = await table(page).getByRole('columnheader').allInnerTexts();
  assert.deepEqual(heads, ['Person', 'Design', 'Data Science', third]);
  const keys = new URL(page.url()).searchParams.getAll('group');
  assert.deepEqual(keys.slice(0, 2), ['design', 'data_science']);
  const whole = await expected(api, keys);
  await soon(() => lines(page), whole);
  const missing = Object.entries(whole).filter(([, held]) => !held[0]);
  await chips(page).getByRole('button', { name: `Missing in Design ${missing.length}`, exact: true }).click();
  await soon(() => lines(page), Object.fromEntries(missing));
});

journey('a group that is gone is not taken for an empty one', {}, async ({ page, api, fault, axe }) => {
  await enter(page);
  await said(page, /· read \d\d:\d\d/).waitFor();
  const before = await people(api, 'design');
  await page.goto(at(page, 'compare?group=nowhere&group=design'));
  await page.getByText('No group can be made like another').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Review the difference', exact: true }).isDisabled());
  await axe();
  // Of three, the two that are known can still be made alike.
  await page.goto(at(page, 'compare?group=nowhere&group=design&group=data_science'));
  const review = page.getByRole('button', { name: 'Review the difference', exact: true });
  await soon(() => review.isEnabled(), true);
  await review.click();
  const asked = dialog(page, 'Review the difference');
  await asked.getByText('It is not known who is in nowhere.').waitFor();
  assert.ok(await asked.getByRole('button', { name: 'Review', exact: true }).isDisabled());
  await asked.getByRole('combobox', { name: 'To be like', exact: true }).selectOption('Data Science');
  await soon(() => asked.getByRole('button', { name: 'Review', exact: true }).isEnabled(), true);
  assert.equal(writes(fault).length, 0);
  assert.deepEqual(await people(api, 'design'), before);
});

journey('two people side by side: which groups they are in', { }, async ({ page, api, axe }) => {
  await enter(page);
  await said(page, /· read/).waitFor();
  await page.goto(at(page, 'people/carol'));
  await said(page, /· read \d\d:\d\d$/).waitFor();
  await page.getByRole('link', { name: 'Compare with…', exact: true }).click();
  await page.getByRole('combobox', { name: 'Compare with', exact: true }).fill('dave');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByRole('heading', { name: 'Compare people', exact: true, level: 1 }).waitFor();
  await said(page, /· read \d\d:\d\d/).waitFor();
  const { body } = await api('/api/v1/groups/list?get_members=true');
  const held = ({ admins, members }, who) => {
    const has = (list) => list.some(({ name }) => name === who);
    return [...(has(admins) ? ['Admin'] : []), ...(has(members) ? ['Member'] : [])].join(', ');
  };
  const whole = Object.fromEntries(body.groups.map((group) => [`${group.full_name}${group.name}`, ['carol', 'dave'].map((who) => held(group, who))]).filter(([, roles]) => roles.some(Boolean)));
  await soon(() => lines(page), whole);
  await axe();
  await chips(page).getByRole('button', { name: /^Only carol/ }).click();
  await soon(() => lines(page), Object.fromEntries(Object.entries(whole).filter(([, [a, b]]) => a && !b)));
});

journey('what cannot be read is said, and what is known is shown as old', {}, async ({ page, fault, expectRefused }) => {
  await enter(page);
  await said(page, /· read/).waitFor();
  expectRefused(500);
  const rule = fault.on('GET', /\/group\/design$/, { status: 500, body: 'broken' });
  await page.goto(at(page, 'compare?group=design&group=infra'));
  await warned(page, /This may be old: not all of it could be read/).waitFor();
  rule.off();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await said(page, /· read \d\d:\d\d/).waitFor();
  assert.equal(await warned(page, /This may be old/).count(), 0);
  assert.equal(writes(fault).length, 0);
});

journey('nothing to change is said before a review', {}, async ({ page }) => {
  await enter(page);
  await said(page, /· read/).waitFor();
  await page.goto(at(page, 'compare?group=design&group=infra'));
  await said(page, /· read \d\d:\d\d/).waitFor();
  await page.getByRole('button', { name: 'Review the difference', exact: true }).click();
  await dialog(page, 'Review the difference').getByRole('combobox', { name: 'Change', exact: true }).selectOption('Design');
  await press(page, 'Review');
  await page.getByText('Choose two that are not the same.').waitFor();
  await press(page, 'Cancel');
});

for (const quirks of [false, true]) {
  journey(`a group is made like another: reviewed, applied, and then they are alike${quirks ? ' (quirks)' : ''}`, { quirks }, async ({ page, api, fault, axe, shot }) => {
    await enter(page);
    await said(page, /· read/).waitFor();
    await page.goto(at(page, 'compare?group=design&group=data_science'));
    await said(page, /· read \d\d:\d\d/).waitFor();
    const design = await people(api, 'design');
    await page.getByRole('button', { name: 'Review the difference', exact: true }).click();
    await dialog(page, 'Review the difference').getByRole('combobox', { name: 'Change', exact: true }).selectOption('Data Science');
    await dialog(page, 'Review the difference').getByRole('combobox', { name: 'To be like', exact: true }).selectOption('Design');
    await dialog(page, 'Review the difference').getByRole('radio', { name: 'Make it the same', exact: true }).check();
    await axe();
    await press(page, 'Review');
    await page.getByText('Make Data Science like Design', { exact: true }).waitFor();
    await shot('compare-review');
    // The wish names everybody: it is not asked what is to become of others.
    assert.equal(await page.getByRole('radio').count(), 0);
    const before = await people(api, 'data_science');
    const names = ({ admins, members }) => [...new Set([...admins, ...members])];
    const differ = names(design).filter((name) => !names(before).includes(name)).length + names(before).filter((name) => !names(design).includes(name)).length;
    const review = (await download(page, /^What is reviewed/, 'CSV')).trimEnd().split('\r\n');
    assert.equal(review[0], 'connection,read,group,group name,person,change,state');
    assert.equal(review.length - 1, differ);
    assert.ok(review.slice(1).every((line) => /,data_science,Data Science,[\w.]+,(add as|remove) ?.*,to be done$/.test(line)), review.join('\n'));
    assert.equal(writes(fault).length, 0, 'nothing was sent yet');
    await applyChanges(page);
    const [outcome] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV', exact: true }).click()]);
    const items = readFileSync(await outcome.path(), 'utf8').trimEnd().split('\r\n');
    assert.equal(items[0], 'connection,read,when,as,ticket,what,group,group name,person,outcome');
    assert.equal(items.length - 1, differ);
    const now = await people(api, 'data_science');
    assert.deepEqual({ admins: now.admins.sort(), members: now.members.sort() }, { admins: design.admins.sort(), members: design.members.sort() });
    assert.deepEqual(await people(api, 'design'), design, 'the other is as it was');
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await chips(page).getByRole('button', { name: 'Only Data Science 0', exact: true }).waitFor();
    await chips(page).getByRole('button', { name: 'Other role 0', exact: true }).waitFor();
    // And then there is nothing to change.
    await page.getByRole('button', { name: 'Review the difference', exact: true }).click();
    await dialog(page, 'Review the difference').getByRole('radio', { name: 'Make it the same', exact: true }).check();
    await press(page, 'Review');
    await page.getByText('There is nothing to change: it has all of that already.').waitFor();
    await press(page, 'Cancel');
  });
}

journey('one person gets the groups that another has, and nobody else is touched', {}, async ({ page, api }) => {
  const rolesIn = async () => {
    const { body } = await api('/api/v1/groups/list?get_members=true');
    return Object.fromEntries(body.groups.map(({ name, admins, members }) => [name, { admins: admins.map((one) => one.name).sort(), members: members.map((one) => one.name).sort() }]));
  };
  const before = await rolesIn();
  await enter(page);
  await said(page, /· read/).waitFor();
  await page.goto(at(page, 'compare?person=carol&person=dave'));
  await said(page, /· read \d\d:\d\d/).waitFor();
  await page.getByRole('button', { name: 'Review the difference', exact: true }).click();
  await press(page, 'Review');
  await page.getByText('Add to dave what carol has', { exact: true }).waitFor();
  await applyChanges(page);
  const expected = structuredClone(before);
  for (const { admins, members } of Object.values(expected)) {
    if (admins.includes('dave') || members.includes('dave')) continue;
    if (admins.includes('carol')) admins.push('dave');
    else if (members.includes('carol')) members.push('dave');
    admins.sort();
    members.sort();
  }
  assert.deepEqual(await rolesIn(), expected);
});

journey('on a phone each line is a card that names the groups', { viewport: 'phone', colorScheme: 'dark' }, async ({ page, api, axe, shot }) => {
  await enter(page);
  await said(page, /· read/).waitFor();
  await page.goto(at(page, 'compare?group=design&group=data_science'));
  await said(page, /· read \d\d:\d\d/).waitFor();
  await soon(() => lines(page), await expected(api, ['design', 'data_science']));
  await shot('compare-phone');
  await axe();
});

for (const viewport of ['wide', 'phone']) {
  journey(`a long comparison has only those rows in the page that are on the screen (${viewport})`, { viewport }, async ({ page, api, axe, shot }) => {
    await enter(page);
    await said(page, /· read/).waitFor();
    await page.goto(at(page, 'compare?group=all_staff&group=design&group=data_science'));
    await said(page, /· read \d\d:\d\d/).waitFor();
    const whole = await expected(api, ['all_staff', 'design', 'data_science']);
    assert.equal(await table(page).getAttribute('aria-rowcount'), String(Object.keys(whole).length + 1));
    assert.ok((await table(page).getByRole('row').count()) < 80);
    await page.mouse.wheel(0, 8_000);
    await soon(async () => Number(await table(page).getByRole('row').last().getAttribute('aria-rowindex')) > 40, true);
    for (const [name, held] of Object.entries(await lines(page))) assert.deepEqual(held, whole[name], name);
    await shot(`compare-long-${viewport}`);
    await axe();
  });
}

journey('on snip: groups of one name are told apart', {}, async ({ page, api, shot }) => {
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  const { body } = await api('/api/account/groups', { token: TOKENS.carol });
  const [one, two] = body.filter(({ members }) => members.length > 1);
  await page.goto(at(page, `compare?group=${one.id}&group=${two.id}`));
  await said(page, /· read \d\d:\d\d/).waitFor();
  const seen = await lines(page);
  const mails = new Set([...one.members, ...two.members].map(({ emails }) => emails[0]));
  assert.deepEqual(new Set(Object.keys(seen).map((name) => [...mails].find((mail) => name.startsWith(mail)))), mails);
  await shot('compare-snip');
});
