// What goes wrong between the browser and the server, on both systems: a sentence says what, nothing typed is lost, and one
// can go on.
import assert from 'node:assert/strict';
import { startFault } from './harness/fault.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { startServer } from './harness/server.mjs';
import { baseOf, field, groupsAreRead } from './harness/steps.mjs';

const SYSTEMS = {
  Instabase: {
    user: 'alice',
    list: '/api/v1/groups/list',
    group: '/api/v1/groups/group/eng_group',
    key: 'eng_group',
    name: 'Engineering',
    person: 'dave',
    members: ['POST', '/api/v1/groups/group/eng_group/members'],
    about: (body) => body.group.description,
    badGroup: { status: 'OK', group: { name: 7, full_name: [], admins: 'alice', members: {} } },
    badList: { status: 'OK', groups: 'none' },
    oneBad: { name: { first: 'odd' } },
    asList: (groups) => ({ status: 'OK', groups }),
    ofList: (body) => body.groups,
    bad: (words) => ({ status: 200, body: { status: 'ERROR', msg: words } }),
  },
  snip: {
    user: 'carol',
    list: '/api/account/groups',
    group: '/api/account/groups/2',
    key: '2',
    name: 'whatagroup',
    person: 'emil@example.com',
    members: ['PATCH', '/api/account/groups/2'],
    about: (body) => body.description,
    badGroup: { id: 'two', name: 7, members: 'everybody' },
    badList: { groups: [] },
    oneBad: { id: 'odd', name: 'Odd', members: [] },
    asList: (groups) => groups,
    ofList: (body) => body,
    bad: (words) => ({ status: 400, body: { message: words } }),
  },
};

const alert = (page, words) => page.getByRole('alert').filter({ hasText: words });
/** Types what the dialog asks for before it deletes. */
async function typeKey(dialog) {
  const typed = dialog.getByRole('textbox', { name: /^Type .* to confirm$/ });
  await typed.fill(/^Type (.*) to confirm$/.exec((await dialog.getByText(/^Type .* to confirm$/).innerText()).trim())[1]);
  return typed;
}

const again = (page) => page.getByRole('main').getByRole('button', { name: 'Try again' });

/** The page of a group, or its settings, opened from its address. */
async function openGroup(page, { key, name }, part = '') {
  await page.goto(`${baseOf(page)}/groups/${key}${part}`);
  await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
}

for (const [system, its] of Object.entries(SYSTEMS)) {
  const { user, list, group, key, name, person } = its;
  const token = TOKENS[user];
  const start = async (page) => {
    await connect(page, { system, user });
    await groupsAreRead(page);
  };
  const here = (words) => `${system}: ${words}`;
  const isListed = (page) => page.getByRole('link', { name, exact: true }).waitFor();

  /** Opens the settings and types a description, which every fault below must leave as it is. */
  const typing = async (page) => {
    await start(page);
    await openGroup(page, its, '/settings');
    await field(page, 'Description').fill('Typed with care.');
  };
  const kept = async (page) => assert.equal(await field(page, 'Description').inputValue(), 'Typed with care.');
  const save = (page) => page.getByRole('button', { name: 'Save changes' }).click();
  const saved = async (page, api) => {
    await page.getByRole('status').filter({ hasText: /^Saved \d\d:\d\d$/ }).waitFor();
    assert.equal(its.about((await api(group, { token })).body), 'Typed with care.');
  };

  journey(here('the server goes down while the list is shown, and comes back'), {}, async (t) => {
    const { page, fault, axe, expectRefused } = t;
    await start(page);
    expectRefused('network');
    await fault.down();
    await page.getByRole('button', { name: 'Read again' }).click();
    await alert(page, 'The list is not complete').filter({ hasText: 'could not be reached' }).waitFor();
    await isListed(page);
    await axe();
    await fault.up();
    await again(page).click();
    await groupsAreRead(page);
    await alert(page, 'not complete').waitFor({ state: 'detached' });
  });

  journey(here('the server goes down while a group is shown, and comes back'), {}, async (t) => {
    const { page, fault, axe, expectRefused } = t;
    await start(page);
    await openGroup(page, its);
    await page.getByRole('table', { name: 'Members' }).waitFor();
    expectRefused('network');
    await fault.down();
    await page.getByRole('button', { name: 'Read again' }).click();
    await alert(page, 'This may be old').filter({ hasText: 'could not be reached' }).waitFor();
    await page.getByRole('row').filter({ hasText: person }).waitFor();
    await axe();
    await fault.up();
    await again(page).click();
    await alert(page, 'This may be old').waitFor({ state: 'detached' });
  });

  journey(here('the server goes down before a group is first read, and comes back'), {}, async (t) => {
    const { page, fault, axe, expectRefused } = t;
    await start(page);
    expectRefused('network');
    // The page itself is still delivered, as by another host.
    const cut = fault.on('*', /^\/api\//, { refuse: true });
    await page.goto(`${baseOf(page)}/groups/${key}`);
    await alert(page, 'The group could not be read').filter({ hasText: 'could not be reached' }).waitFor();
    await axe();
    cut.off();
    await again(page).click();
    await page.getByRole('row').filter({ hasText: person }).waitFor();
  });

  journey(here('the server goes down while a form is sent: what was typed is sent when it is back'), {}, async (t) => {
    const { page, fault, api, axe, expectRefused } = t;
    await typing(page);
    expectRefused('network');
    await fault.down();
    await save(page);
    await alert(page, 'could not be reached').filter({ hasText: 'What you typed is kept.' }).waitFor();
    await kept(page);
    await axe();
    await fault.up();
    await save(page);
    await saved(page, api);
  });

  journey(here('the server goes down while a group is made: the form is kept'), {}, async (t) => {
    const { page, fault, api, axe, expectRefused } = t;
    await start(page);
    await page.getByRole('link', { name: 'New group' }).click();
    await page.getByRole('textbox', { name: 'Display name' }).fill('Made here');
    await field(page, 'Description').fill('Typed with care.');
    expectRefused('network');
    await fault.down();
    await page.getByRole('button', { name: 'Create group' }).click();
    await alert(page, 'could not be reached').filter({ hasText: 'What you typed is kept.' }).waitFor();
    await axe();
    assert.equal(await page.getByRole('textbox', { name: 'Display name' }).inputValue(), 'Made here');
    await kept(page);
    await fault.up();
    await page.getByRole('button', { name: 'Create group' }).click();
    await page.getByRole('heading', { name: 'Made here', level: 1 }).waitFor();
    const groups = its.ofList((await api(list, { token })).body);
    assert.equal(groups.filter((one) => (one.full_name ?? one.name) === 'Made here').length, 1);
  });

  journey(here('the server goes down while a person is taken out: the row says so, and “Retry” does it'), {}, async (t) => {
    const { page, fault, api, axe, expectRefused } = t;
    await start(page);
    await openGroup(page, its);
    expectRefused('network');
    const line = page.getByRole('row').filter({ hasText: person });
    await page.getByRole('button', { name: `Remove ${person}`, exact: true }).click();
    if (system === 'snip') {
      // It asks first; the answer meets the fault.
      const yes = page.getByRole('dialog').getByRole('button', { name: `Remove ${person}` });
      await yes.waitFor();
      await fault.down();
      await yes.click();
    } else {
      // It is done at once, with Undo: the undoing meets the fault.
      await line.getByRole('status').filter({ hasText: /^removed/ }).waitFor();
      await fault.down();
      await line.getByRole('button', { name: `Undo: ${person} removed` }).click();
    }
    await line.getByRole('alert').filter({ hasText: 'could not be reached' }).waitFor();
    await axe();
    await fault.up();
    await line.getByRole('button', { name: `Retry ${person}` }).click();
    await line.getByRole('status').filter({ hasText: system === 'snip' ? /^removed/ : /^back again/ }).waitFor();
    const { body } = await api(group, { token });
    const there = JSON.stringify(body).includes(system === 'snip' ? person : '"dave"');
    assert.equal(there, system !== 'snip');
  });

  for (const [what, faulty, announced, words] of [
    ['500', { status: 500, body: { message: 'Disk full.', msg: 'Disk full.' } }, 500, /The server failed \(HTTP 500\).*“Disk full\.”/],
    ['500 without words', { status: 500, body: 'oops' }, 500, /The server failed \(HTTP 500\)/],
    ['502 with a web page', { status: 502, body: '<h1>Bad gateway</h1>', type: 'text/html' }, 502, /The server failed \(HTTP 502\)/],
    ['503 with a script in its words', { status: 503, body: { message: '<script>alert(1)</script>' } }, 503, /HTTP 503/],
    ['429 for two minutes', { status: 429, body: {}, headers: { 'retry-after': '120' } }, 429, /pause\. Try again in 2 minutes/],
    ['429 without a time', { status: 429, body: {} }, 429, /asks for a pause/],
    ['a login page', { html: true }, null, /The reply was not understood/],
    ['an empty body', { bytes: Buffer.alloc(0) }, null, /The reply was not understood/],
    ['text cut in the middle', { bytes: Buffer.from('{"status":"OK","groups":[{"na') }, null, /not understood|broke off/],
    ['a broken transfer', { truncate: 40 }, 'network', /could not be reached|broke off|not understood/],
    ['bytes that are no text', { bytes: Buffer.from([0xff, 0xfe, 0, 1, 2, 0x7b]) }, null, /The reply was not understood/],
    ['JSON of another kind', { json: 42 }, null, /The reply was not understood/],
    ['a list that is none', { json: its.badList }, null, /The reply was not understood/],
  ]) {
    journey(here(`reading the list meets ${what}`), {}, async ({ page, fault, axe, expectRefused }) => {
      await start(page);
      if (announced) expectRefused(announced, announced === 'network' ? undefined : list);
      const rule = fault.on('GET', new RegExp(`^${list}`), faulty);
      await page.reload();
      await alert(page, 'The groups could not be read').filter({ hasText: words }).waitFor();
      assert.equal(await page.getByText('No groups yet').count(), 0, 'failure does not look like emptiness');
      await axe();
      rule.off();
      await again(page).click();
      await groupsAreRead(page);
      await isListed(page);
    });
  }

  journey(here('what is already known stays when reading again fails'), {}, async ({ page, fault, expectRefused }) => {
    await start(page);
    expectRefused(500, list);
    fault.on('GET', new RegExp(`^${list}`), { status: 500, body: {} }, { times: 1 });
    await page.getByRole('button', { name: 'Read again' }).click();
    await alert(page, 'HTTP 500').waitFor();
    await isListed(page);
    await again(page).click();
    await alert(page, 'HTTP 500').waitFor({ state: 'detached' });
    await groupsAreRead(page);
  });

  journey(here('a short pause that the server asks for is waited for'), {}, async ({ page, fault, expectRefused }) => {
    await start(page);
    expectRefused(429, list);
    fault.on('GET', new RegExp(`^${list}`), { status: 429, body: {}, headers: { 'retry-after': '1' } }, { times: 1 });
    await page.reload();
    await groupsAreRead(page);
    await isListed(page);
  });

  journey(here('one group that cannot be understood does not hide the others'), {}, async ({ page, fault, api, axe }) => {
    await start(page);
    const groups = its.ofList((await api(`${list}${system === 'snip' ? '' : '?get_members=true'}`, { token })).body);
    fault.on('GET', new RegExp(`^${list}`), { json: its.asList([groups[0], its.oneBad, ...groups.slice(1)]) });
    await page.reload();
    const note = page.getByRole('note').filter({ hasText: '1 group could not be understood and cannot be shown.' });
    await note.waitFor();
    await isListed(page);
    await note.getByText('Which, and why').click();
    await axe();
    await page.getByRole('main').getByRole('status').filter({ hasText: new RegExp(`^${groups.length} of ${groups.length}`) }).waitFor();
  });

  for (const [what, faulty, announced, words] of [
    ['500', { status: 500, body: { message: 'Disk full.', msg: 'Disk full.' } }, 500, /The server failed \(HTTP 500\).*“Disk full\.”/],
    ['a login page', { html: true }, null, /The reply was not understood/],
    ['an empty body', { bytes: Buffer.alloc(0) }, null, /The reply was not understood.*empty/],
    ['wrong types', { json: its.badGroup }, null, /The reply was not understood/],
    ['JSON that is cut', { bytes: Buffer.from('{"status":"OK","group":{"name":"eng') }, null, /The reply was not understood/],
    ['429 for a minute', { status: 429, body: {}, headers: { 'retry-after': '60' } }, 429, /Try again in 60 seconds/],
  ]) {
    journey(here(`reading a group meets ${what}`), {}, async ({ page, fault, axe, expectRefused }) => {
      await start(page);
      if (announced) expectRefused(announced, group);
      const rule = fault.on('GET', group, faulty);
      await page.goto(`${baseOf(page)}/groups/${key}`);
      await alert(page, 'The group could not be read').filter({ hasText: words }).waitFor();
      await axe();
      rule.off();
      await again(page).click();
      await page.getByRole('row').filter({ hasText: person }).waitFor();
    });
  }

  for (const [what, faulty, announced, words] of [
    ['500', { status: 500, body: { message: 'Disk full.', msg: 'Disk full.' } }, 500, /Not done: the server failed \(HTTP 500\).*“Disk full\.”/],
    ['502 with a web page', { status: 502, body: '<h1>Bad gateway</h1>', type: 'text/html' }, 502, /Not done: the server failed \(HTTP 502\)/],
    ['429', { status: 429, body: {}, headers: { 'retry-after': '30' } }, 429, /pause\. Try again in 30 seconds/],
    ['a login page', { html: true }, null, /Not done: its answer was not understood/],
    ['a cut connection', { refuse: true }, 'network', /Not done: the server could not be reached/],
    ['a refusal', its.bad('Not on Sundays.'), system === 'snip' ? 400 : null, /refused this\. It says: “Not on Sundays\.”/],
    ['a conflict', { status: 409, body: { message: 'Too late.', msg: 'Too late.' } }, 409, /changed meanwhile.*“Too late\.”/],
  ]) {
    journey(here(`saving meets ${what}: it says what, keeps the words, and saves the next time`), {}, async (t) => {
      const { page, fault, api, axe, expectRefused } = t;
      await typing(page);
      if (announced) expectRefused(announced, group);
      const once = fault.on('PATCH', group, faulty, { times: 1 });
      await save(page);
      await alert(page, words).filter({ hasText: 'What you typed is kept.' }).waitFor();
      assert.equal(once.seen, 1, 'a write is sent once');
      assert.notEqual(its.about((await api(group, { token })).body), 'Typed with care.');
      await kept(page);
      await axe();
      await save(page);
      await saved(page, api);
      assert.equal(fault.log.filter(({ method }) => method === 'PATCH').length, 2);
    });
  }

  journey(here('a change is done and its answer lost: the read after it shows that it is done'), {}, async (t) => {
    const { page, fault, api, expectRefused } = t;
    await typing(page);
    expectRefused('network', group);
    const lost = fault.on('PATCH', group, { lose: true }, { times: 1 });
    await save(page);
    await saved(page, api);
    assert.equal(lost.seen, 1);
    assert.equal(fault.log.filter(({ method }) => method === 'PATCH').length, 1, 'it is not sent twice');
    assert.equal(await page.getByRole('alert').count(), 0);
  });

  journey(here('a change is done, its answer lost and the server gone: it is said not to be known'), {}, async (t) => {
    const { page, fault, api, axe, expectRefused } = t;
    await typing(page);
    expectRefused('network');
    let gone;
    // It is there until the change was sent: what somebody else changed meanwhile is read before.
    const lost = fault.on('PATCH', group, { lose: true }, { times: 1 });
    lost.struck().then(() => {
      gone = fault.on('GET', group, { refuse: true });
    });
    await save(page);
    await alert(page, 'It is not known whether this was done').waitFor();
    await kept(page);
    await axe();
    gone.off();
    // It had been done: that is seen, and not sent once more.
    await save(page);
    await page.getByRole('status').filter({ hasText: 'The server shows this already, so nothing was sent.' }).waitFor();
    assert.equal(its.about((await api(group, { token })).body), 'Typed with care.');
    assert.equal(fault.log.filter(({ method }) => method === 'PATCH').length, 1);
  });

  journey(here('a person is taken out and the answer lost: the row shows what a read shows'), {}, async (t) => {
    const { page, fault, api, expectRefused } = t;
    await start(page);
    await openGroup(page, its);
    const [method, path] = its.members;
    expectRefused('network', path);
    const lost = fault.on(method, path, { lose: true }, { times: 1 });
    await page.getByRole('button', { name: `Remove ${person}`, exact: true }).click();
    if (system === 'snip') await page.getByRole('dialog').getByRole('button', { name: `Remove ${person}` }).click();
    const line = page.getByRole('row').filter({ hasText: person });
    await line.getByRole('status').filter({ hasText: /^removed \d\d:\d\d$/ }).waitFor();
    assert.equal(lost.seen, 1);
    const { body } = await api(group, { token });
    assert.ok(!JSON.stringify(body).includes(system === 'snip' ? person : '"dave"'));
  });

  journey(here('a group is deleted and the answer lost: a look at the list proves it'), {}, async (t) => {
    const { page, fault, api, expectRefused } = t;
    await start(page);
    await openGroup(page, its, '/settings');
    expectRefused('network', group);
    const lost = fault.on('DELETE', group, { lose: true }, { times: 1 });
    await page.getByRole('button', { name: 'Delete group' }).click();
    const dialog = page.getByRole('dialog', { name: `Delete ${name}` });
    await (await typeKey(dialog)).press('Enter');
    await page.getByRole('heading', { name: 'Groups', exact: true, level: 1 }).waitFor();
    await groupsAreRead(page);
    assert.equal(lost.seen, 1);
    assert.equal(await page.getByRole('link', { name, exact: true }).count(), 0);
    const groups = its.ofList((await api(list, { token })).body);
    assert.ok(!groups.some((one) => String(one.id ?? one.name) === key));
  });

  journey(here('a deletion that did not happen is not said to have'), {}, async (t) => {
    const { page, fault, api, axe, expectRefused } = t;
    await start(page);
    await openGroup(page, its, '/settings');
    expectRefused('network', group);
    fault.on('DELETE', group, { refuse: true }, { times: 1 });
    await page.getByRole('button', { name: 'Delete group' }).click();
    const dialog = page.getByRole('dialog', { name: `Delete ${name}` });
    const typed = await typeKey(dialog);
    await typed.press('Enter');
    await dialog.getByRole('alert').filter({ hasText: 'Not done: the server could not be reached' }).waitFor();
    await axe();
    assert.equal((await api(group, { token })).status, 200);
    await typed.press('Enter');
    await groupsAreRead(page);
    assert.equal(await page.getByRole('link', { name, exact: true }).count(), 0);
  });

  journey(here('a redirect to another origin is not followed with the token'), {}, async (t) => {
    const { page, fault, axe } = t;
    const other = await startServer({ args: ['--allow-origin', fault.url] });
    const elsewhere = await startFault(other.url);
    try {
      await start(page);
      const rule = fault.on('GET', new RegExp(`^${list}`), { status: 302, body: '', headers: { location: `${elsewhere.url}${list}` } });
      await page.reload();
      await alert(page, 'The groups could not be read').filter({ hasText: 'a redirect to another one' }).waitFor();
      await axe();
      assert.deepEqual(elsewhere.log, [], 'nothing reached the other server');
      rule.off();
      await again(page).click();
      await groupsAreRead(page);
    } finally {
      await elsewhere.stop();
      await other.stop();
    }
  });

  journey(here('a group deleted meanwhile by somebody else is said to be gone'), {}, async (t) => {
    const { page, api, axe, expectRefused } = t;
    await typing(page);
    if (system === 'snip') expectRefused(404);
    const by = system === 'snip' ? TOKENS.carol : TOKENS.bob;
    const { status } = await api(group, { method: 'DELETE', token: by });
    assert.ok(status < 300);
    await save(page);
    await page.getByText(`There is no group “${key}” on Demo ${system}.`).waitFor();
    // The form is gone with its group, and what was typed in it is not.
    await page.getByText('Typed with care.', { exact: true }).waitFor();
    await axe();
    await page.getByRole('link', { name: 'All groups' }).click();
    await groupsAreRead(page);
    assert.equal(await page.getByRole('link', { name, exact: true }).count(), 0);
  });

  journey(here('words of a server are text, whatever they hold'), {}, async ({ page, fault, api, expectRefused }) => {
    const words = '<img src=x onerror=alert(1)> & “javascript:alert(2)”';
    await typing(page);
    const change = system === 'snip' ? { name: words } : { full_name: words };
    await api(group, { method: 'PATCH', token, body: change });
    await page.reload();
    await page.getByRole('heading', { name: words, exact: true, level: 1 }).waitFor();
    const answer = its.bad(words);
    expectRefused(500, group);
    fault.on('GET', group, { ...answer, status: 500 });
    await page.getByRole('link', { name: /^Members/ }).click();
    await page.getByRole('button', { name: 'Read again' }).click();
    await alert(page, words).waitFor();
    assert.equal(await page.evaluate(() => document.images.length), 0);
  });
}
