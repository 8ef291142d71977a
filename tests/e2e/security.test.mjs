// Nobody in: where the token goes, what the page's policy lets pass, and that what others wrote is text in every place.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { startFault } from './harness/fault.mjs';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { startServer } from './harness/server.mjs';
import { baseOf, fillConnection, groupsAreRead, pressConnect } from './harness/steps.mjs';
import { kept, shown, watchTraces } from './harness/traces.mjs';

const SYSTEMS = {
  Instabase: { list: '/api/v1/groups/list', group: 'eng_group', person: 'dave', link: 'Engineering' },
  snip: { list: '/api/account/groups', group: '2', person: '4', link: 'whatagroup' },
};

/** Every page of a connection, by its address. */
const pagesOf = ({ group, person }) => [
  'groups',
  `groups/${group}`,
  `groups/${group}/settings`,
  'new-group',
  'people',
  `people/${person}`,
  'activity',
  'import',
  'compare',
  'snapshots',
  'nowhere',
  'groups/there_is_none',
];

/** Waits until a page is at rest: its heading is there and nothing of the network is under way. */
async function atRest(page) {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForLoadState('networkidle');
}

/** A server that notes who asks it anything, and answers every page of the world. */
async function stranger() {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' });
    response.end('[]');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}`, asked, close };
}

for (const [system, its] of Object.entries(SYSTEMS)) {
  for (const remember of [true, false]) {
    const how = remember ? 'remembered' : 'for this tab';
    journey(`the token is in one header, for one origin, and in one place of the browser (${system}, ${how})`, {}, async (t) => {
      const { page, fault, context, expectRefused } = t;
      const real = await startServer({ args: ['--allow-origin', fault.url] });
      const afar = await startFault(real.url);
      const thief = await stranger();
      try {
        if (system === 'snip') expectRefused(404);
        const token = await real.run('token', 'create', 'carol');
        const traces = watchTraces(context);
        const texts = [];
        const look = async () => texts.push(...(await shown(page)));
        await page.goto('/connect');
        await fillConnection(page, { system, server: afar.url, token, username: system === 'snip' ? undefined : 'carol', name: 'Afar', remember });
        await pressConnect(page);
        await groupsAreRead(page);
        await look();
        const base = baseOf(page);
        for (const path of pagesOf(its)) {
          await page.goto(`${base}/${path}`);
          await atRest(page);
          await look();
        }
        // A write, which is written down in the journal.
        await page.goto(`${base}/groups/${its.group}/settings`);
        await page.getByRole('textbox', { name: /^Description/ }).fill('Written down.');
        await page.getByRole('button', { name: 'Save changes' }).click();
        await page.getByRole('status').filter({ hasText: /^Saved/ }).waitFor();
        await look();
        // Sent on elsewhere, a list and a write: nobody follows.
        const away = { status: 307, body: '', headers: { location: `${thief.url}${its.list}`, 'access-control-allow-origin': fault.url } };
        // Not what the browser asks before a call of another origin: that may never be sent on.
        const rules = [afar.on('PATCH', /./, away)];
        await page.getByRole('textbox', { name: /^Description/ }).fill('Sent on.');
        await page.getByRole('button', { name: 'Save changes' }).click();
        await page.getByRole('alert').first().waitFor();
        await look();
        rules.push(afar.on('GET', /./, away));
        await page.goto(`${base}/groups`);
        await page.getByRole('alert').first().waitFor();
        await look();
        assert.ok(rules.every(({ seen }) => seen > 0), 'both were sent on');
        for (const rule of rules) rule.off();

        const clean = (text) => !text.includes(token) && !encodeURIComponent(text).includes(token);
        for (const text of [...texts, ...traces.said]) assert.ok(clean(text), text.slice(0, 500));
        const sent = await traces.sent();
        let carried = 0;
        for (const { url, origin, headers, body } of sent) {
          const { authorization, ...others } = headers;
          assert.ok([fault.url, afar.url].includes(origin), `asked for by nobody: ${url}`);
          assert.ok(clean(url) && clean(body) && clean(JSON.stringify(others)), url);
          assert.equal(others.cookie, undefined, url);
          if (authorization === undefined) continue;
          assert.equal(origin, afar.url, url);
          assert.equal(authorization, `Bearer ${token}`);
          carried += 1;
        }
        assert.ok(carried > 8, `${carried} requests carried the token`);
        // And as the servers saw it.
        assert.ok(fault.log.every((one) => clean(JSON.stringify(one))));
        for (const { headers, ...one } of afar.log) {
          const { authorization = '', ...others } = headers;
          assert.ok(clean(JSON.stringify([others, one])), one.path);
          assert.ok(['', `Bearer ${token}`].includes(authorization));
        }
        assert.deepEqual(thief.asked, [], 'a redirect was followed');

        const { localStorage, sessionStorage, indexedDB, other } = await kept(page);
        const places = [];
        for (const [area, all] of Object.entries({ localStorage, sessionStorage, indexedDB })) {
          for (const [key, text] of Object.entries(all)) if (!clean(key) || !clean(text)) places.push(`${area} ${key.replace(/[^.]+$/, 'ID')}`);
        }
        assert.deepEqual(places, [`${remember ? 'localStorage' : 'sessionStorage'} muster.token.ID`]);
        assert.ok(JSON.stringify(indexedDB).includes('Written down.'), 'the journal was looked at');
        assert.deepEqual(other, []);
      } finally {
        await page.goto('about:blank');
        await page.goto(`${fault.url}/connect`);
        await afar.stop();
        await real.stop();
        await thief.close();
      }
    });
  }

  for (const viewport of ['wide', 'phone']) {
    journey(`no page breaks its policy, and none asks anybody else (${system}, ${viewport})`, { viewport }, async (t) => {
      const { page, fault, context, requests, expectRefused } = t;
      if (system === 'snip') expectRefused(404);
      const broken = [];
      await context.exposeFunction('policyBroken', (what) => broken.push(what));
      await context.addInitScript(() =>
        document.addEventListener('securitypolicyviolation', (event) =>
          window.policyBroken(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`)));
      // What a browser does not understand of it is said in the console.
      context.on('console', (message) => /polic/i.test(message.text()) && broken.push(message.text()));
      await connect(page, { system, user: 'carol' });
      await groupsAreRead(page);
      const base = baseOf(page);
      for (const path of pagesOf(its)) {
        await page.goto(`${base}/${path}`);
        await atRest(page);
      }
      assert.deepEqual(broken, []);
      const others = requests.filter(({ url }) => /^https?:/.test(url) && new URL(url).origin !== fault.url);
      assert.deepEqual(others, []);
    });
  }
}

/** What is broken by the things that a page did not bring. */
const BROKEN = ['connect-src', 'form-action', 'frame-src', 'img-src', 'object-src', 'style-src-attr', 'style-src-elem', 'trusted-types', 'require-trusted-types-for'];

journey('the policy holds: no script, markup, style, frame, form or call that the page did not bring', {}, async (t) => {
  const { page, fault, another } = t;
  const thief = await stranger();
  const evil = await another();
  evil.discard();
  try {
    const tried = await another();
    tried.discard();
    await tried.page.goto('/connect');
    await tried.page.getByRole('heading', { name: 'Connect', exact: true }).waitFor();
    const result = await tried.page.evaluate(async ([thiefUrl, awaited]) => {
      const broken = new Set();
      document.addEventListener('securitypolicyviolation', (event) => broken.add(event.effectiveDirective));
      // What the driver runs may eval for as long as it is called; what a page runs by itself may not.
      await new Promise((resolve) => setTimeout(resolve));
      const refused = (what) => {
        try {
          what();
          return 'done';
        } catch (error) {
          return error.name;
        }
      };
      const add = (tag, set) => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(set)) element.setAttribute(name, value);
        document.body.append(element);
        return element;
      };
      const out = {
        eval: refused(() => (0, eval)('1')),
        function: refused(() => new Function('return 1')()),
        markup: refused(() => (document.createElement('div').innerHTML = '<b>x</b>')),
        write: refused(() => document.write('<b>x</b>')),
        parse: refused(() => new DOMParser().parseFromString('<b>x</b>', 'text/html')),
        policy: refused(() => trustedTypes.createPolicy('mine', { createHTML: (text) => text })),
        again: refused(() => trustedTypes.createPolicy('muster', { createHTML: (text) => text })),
        default: refused(() => trustedTypes.createPolicy('default', { createHTML: (text) => text })),
      };
      out.handler = refused(() => add('p', { onclick: 'window.pwned = 1' }).click());
      out.inline = refused(() => document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.pwned = 1' })));
      add('p', { style: 'color: red' });
      document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { opacity: 0.5 }' }));
      add('iframe', { src: `${thiefUrl}/frame` });
      out.object = refused(() => add('object', { data: `${thiefUrl}/object` }));
      add('embed', { type: 'text/html' });
      add('img', { src: 'data:image/gif;base64,R0lGODlhAQABAAAAACw=' });
      add('img', { src: `${thiefUrl}/image` });
      add('link', { rel: 'stylesheet', href: `${thiefUrl}/style.css` });
      add('form', { action: `${thiefUrl}/form`, method: 'post' }).submit();
      const call = await fetch('http://groups.example.com/').then(() => 'done', (error) => error.name);
      const beacon = navigator.sendBeacon('http://groups.example.com/', 'x');
      // A form is sent, and an object asked for, when the browser comes to it: each is told of by then.
      const end = Date.now() + 10_000;
      while (!awaited.every((directive) => broken.has(directive)) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 16));
      return { ...out, call, beacon, pwned: window.pwned, opacity: getComputedStyle(document.body).opacity, broken: [...broken].sort() };
    }, [thief.url, BROKEN]);
    const { broken, beacon, ...outcome } = result;
    assert.deepEqual(outcome, {
      eval: 'EvalError', function: 'EvalError', markup: 'TypeError', write: 'TypeError', parse: 'TypeError',
      policy: 'TypeError', again: 'TypeError', default: 'TypeError', handler: 'TypeError', inline: 'TypeError', object: 'TypeError', call: 'TypeError', pwned: undefined, opacity: '1',
    });
    for (const directive of BROKEN) assert.ok(broken.includes(directive), `${directive}: ${broken}`);
    // Framed by another page, it does not show.
    await evil.page.route(`${thief.url}/page`, (route) =>
      route.fulfill({ contentType: 'text/html', body: `<!doctype html><iframe src="${fault.url}/connect"></iframe>` }));
    await evil.page.goto(`${thief.url}/page`);
    const frame = await (await evil.page.waitForSelector('iframe')).contentFrame();
    await frame.waitForLoadState('load');
    assert.match(frame.url(), /^chrome-error:/);
    assert.deepEqual(thief.asked.filter((one) => !one.includes('/page')), []);
    // Opened by another page, it gives that page no hold on it.
    await page.goto('/connect');
    const { headers } = await fetch(`${fault.url}/connect`);
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.match(headers.get('permissions-policy'), /camera=\(\)/);
  } finally {
    await thief.close();
  }
});

/** The built site, if it is the one that is hosted: the one for trying things has no integrity and no policy of its own. */
function hosted() {
  const html = readFileSync(join(process.env.MUSTER_SITE, 'index.html'), 'utf8');
  return html.includes('integrity=') && html.includes('http-equiv="Content-Security-Policy"');
}

journey('a file that is not the one that was built does not run', {}, async (t) => {
  if (!hosted()) return void (await t.page.goto('/connect'));
  const { page, fault, another } = t;
  await page.goto('/connect');
  const files = readdirSync(process.env.MUSTER_SITE);
  for (const [pattern, type] of [[/^muster-.*\.js$/, 'text/javascript'], [/_bg\.wasm$/, 'application/wasm'], [/_rest\.wasm$/, 'application/wasm']]) {
    const name = files.find((file) => pattern.test(file));
    const bytes = Buffer.concat([readFileSync(join(process.env.MUSTER_SITE, name)), type.endsWith('wasm') ? Buffer.from([0, 2, 1, 120]) : Buffer.from('\nwindow.pwned = 1;')]);
    const rule = fault.on('GET', `/${name}`, { bytes, type });
    const tried = await another();
    tried.discard();
    const said = [];
    tried.page.on('console', (message) => said.push(message.text()));
    const refused = tried.page.waitForEvent('console', { predicate: (message) => /integrity|digest/i.test(message.text()) });
    await tried.page.goto(name.includes('_rest') ? '/c/none/people' : '/connect');
    // The second part is fetched by a page that is not of the first.
    if (name.includes('_rest')) await connect(tried.page, { system: 'Instabase', user: 'dave' });
    await refused;
    assert.equal(await tried.page.evaluate(() => window.pwned), undefined);
    if (!name.includes('_rest')) assert.equal(await tried.page.getByRole('heading', { level: 1 }).count(), 0, `${name}: ${said}`);
    rule.off();
    await tried.close();
  }
});

journey('where nobody can set headers, the page brings its policy itself', {}, async (t) => {
  if (!hosted()) return void (await t.page.goto('/connect'));
  const { page, another } = t;
  await page.goto('/connect');
  const site = process.env.MUSTER_SITE;
  const types = { js: 'text/javascript', wasm: 'application/wasm', css: 'text/css', html: 'text/html', svg: 'image/svg+xml', json: 'application/json' };
  const host = http.createServer((request, response) => {
    const path = request.url.split('?')[0];
    const file = existsSync(join(site, path)) && path !== '/' ? path : '/404.html';
    response.writeHead(200, { 'content-type': types[file.split('.').pop()] ?? 'text/plain' });
    response.end(readFileSync(join(site, file)));
  });
  await new Promise((resolve) => host.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${host.address().port}`;
  const real = await startServer({ args: ['--allow-origin', url] });
  try {
    const tried = await another();
    tried.discard();
    const broken = [];
    tried.page.on('console', (message) => message.type() === 'error' && broken.push(message.text()));
    await tried.page.goto(`${url}/connect`);
    await fillConnection(tried.page, { system: 'Instabase', server: real.url, token: TOKENS.dave, username: 'dave', name: 'Afar' });
    await pressConnect(tried.page);
    await groupsAreRead(tried.page);
    await tried.page.goto(`${url}${baseOf(tried.page)}/people`);
    await atRest(tried.page);
    assert.deepEqual(broken, []);
    const outcome = await tried.page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve));
      const name = (what) => {
        try {
          return what();
        } catch (error) {
          return error.name;
        }
      };
      return [
        name(() => (0, eval)('1')),
        name(() => (document.createElement('div').innerHTML = '<b>x</b>')),
        await fetch('http://groups.example.com/').then(() => 'done', (error) => error.name),
      ];
    });
    assert.deepEqual(outcome, ['EvalError', 'TypeError', 'TypeError']);
    await tried.close();
  } finally {
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
    await real.stop();
  }
});

// What an attacker would write where others read it.
const INJECTIONS = [
  '<img src=x onerror="window.pwned=1">',
  '<script>window.pwned=1</script>',
  '"><svg onload=window.pwned=1>',
  "' onfocus='window.pwned=1' autofocus='",
  'javascript:window.pwned=1',
  '</title></style></textarea><b id=injected>bold</b>',
  '{{constructor.constructor("window.pwned=1")()}}',
  '&lt;b&gt;entity&amp;amp;',
  '=HYPERLINK("http://evil.example","x")',
  '${window.pwned=1}`',
  '%3Cscript%3Ewindow.pwned=1%3C/script%3E',
  '\u0000\u0007control',
];

/** Nothing of what was written has become anything but text. */
async function onlyText(page, where) {
  const found = await page.evaluate(() => ({
    pwned: window.pwned,
    injected: document.querySelectorAll('#injected, body script:not([src]), img:not(.avatar img), svg[onload], [onerror], [onfocus], iframe, object, embed, b').length,
    links: [...document.querySelectorAll('[href], [src], [action], [formaction]')]
      .flatMap((element) => ['href', 'src', 'action', 'formaction'].map((name) => element.getAttribute(name)))
      .filter((address) => address && !/^(https?:|blob:|mailto:|\/|#|\?)/.test(address)),
  }));
  assert.deepEqual(found, { pwned: undefined, injected: 0, links: [] }, where);
}

journey('what others wrote on Instabase is text in every place', {}, async (t) => {
  const { page, server, api, fault } = t;
  const root = '/api/v1/groups';
  const names = [];
  for (const [nth, text] of INJECTIONS.entries()) {
    const user = `${text} ${nth}`;
    // The server takes no name with these.
    if (!/[\u0000/]/.test(text)) {
      await server.run('user', 'add', `--email=${text}@example.com`, user);
      names.push(user);
    }
    await api(`${root}/group/inj_${nth}`, { method: 'POST', body: { full_name: `${text} ${nth}`, description: text, profile_photo_url: text } });
    const people = Object.fromEntries(names.map((name) => [name, true]));
    const made = await api(`${root}/group/inj_${nth}/members`, { method: 'POST', body: { admin: people, member: people } });
    assert.equal(made.body.status, 'OK');
  }
  await connect(page, { system: 'Instabase', user: 'alice' });
  await groupsAreRead(page);
  const base = baseOf(page);
  await onlyText(page, 'groups');
  const shownNames = await page.getByRole('table', { name: 'Groups' }).getByRole('link').allTextContents();
  for (const [nth, text] of INJECTIONS.entries()) {
    if (!text.includes('\u0000')) assert.ok(shownNames.includes(`${text} ${nth}`), `${text} stands in the list as it is`);
    await page.goto(`${base}/groups/inj_${nth}`);
    await atRest(page);
    await onlyText(page, `group ${text}`);
    await page.goto(`${base}/groups/inj_${nth}/settings`);
    await atRest(page);
    await onlyText(page, `settings ${text}`);
    await page.getByRole('button', { name: 'Delete group' }).first().click();
    await page.getByRole('dialog').waitFor();
    await onlyText(page, `delete ${text}`);
    if (names.includes(`${text} ${nth}`)) {
      await page.goto(`${base}/people/${encodeURIComponent(`${text} ${nth}`)}`);
      await atRest(page);
      await onlyText(page, `person ${text}`);
    }
  }
  await page.goto(`${base}/people`);
  await atRest(page);
  await onlyText(page, 'people');
  for (const query of INJECTIONS) {
    await page.goto(`${base}/groups?q=${encodeURIComponent(query)}`);
    await groupsAreRead(page);
    await onlyText(page, `search ${query}`);
  }
  // A server's own words: of a refusal, of a person's outcome, of an address.
  for (const text of INJECTIONS.slice(0, 6)) {
    await page.goto(`${base}/groups/eng_group/settings`);
    await page.getByRole('textbox', { name: /^Description/ }).fill(`x${text}`);
    const rule = fault.on('PATCH', /./, { json: { status: 'ERROR', msg: text, error_details: { [text]: text } } });
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText(text).first().waitFor();
    await onlyText(page, `refusal ${text}`);
    rule.off();
    await page.reload();
  }
  await page.goto(`${base}/activity`);
  await atRest(page);
  await onlyText(page, 'activity');
});

journey('what others wrote on snip is text in every place', {}, async (t) => {
  const { page, api, server } = t;
  const made = [];
  for (const text of INJECTIONS) {
    const { body } = await api('/api/account/groups', { method: 'POST', token: TOKENS.carol, body: { name: `abc ${text}` } });
    await api(`/api/account/groups/${body.id}`, { method: 'PATCH', token: TOKENS.carol, body: { description: text } });
    made.push(body.id);
  }
  await server.run('user', 'add', 'evil', '--email=<img src=x onerror=window.pwned=1>@x');
  await connect(page, { system: 'snip', user: 'carol' });
  await groupsAreRead(page);
  const base = baseOf(page);
  await onlyText(page, 'groups');
  for (const [nth, id] of made.entries()) {
    for (const path of [`groups/${id}`, `groups/${id}/settings`]) {
      await page.goto(`${base}/${path}`);
      await atRest(page);
      await onlyText(page, `${path} ${INJECTIONS[nth]}`);
    }
  }
});

journey('photos load where the connection says so, over https, without referrer or cookie', {}, async (t) => {
  const { page, api, context, fault, requests } = t;
  const root = '/api/v1/groups';
  const addresses = {
    good: 'https://photos.example.com/a.png',
    plain: 'http://photos.example.com/a.png',
    script: 'javascript:window.pwned=1',
    data: 'data:image/svg+xml,<svg onload=window.pwned=1>',
    local: `${fault.url}/api/v1/groups/list`,
    relative: '//photos.example.com/b.png',
  };
  for (const [name, photo] of Object.entries(addresses)) {
    await api(`${root}/group/photo_${name}`, { method: 'POST', body: { full_name: `Photo ${name}`, profile_photo_url: photo } });
  }
  const loaded = [];
  const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  await context.route(/photos?\.example\.com/, async (route) => {
    loaded.push({ url: route.request().url(), headers: await route.request().allHeaders() });
    await route.fulfill({ contentType: 'image/png', body: pixel });
  });
  const visit = async () => {
    const base = baseOf(page);
    for (const name of Object.keys(addresses)) {
      await page.goto(`${base}/groups/photo_${name}`);
      await page.getByRole('heading', { name: `Photo ${name}`, exact: true, level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await onlyText(page, name);
    }
  };
  await connect(page, { system: 'Instabase', user: 'alice' });
  await visit();
  assert.deepEqual(loaded, [], 'off: initials');
  await page.goto('/connect');
  await page.getByRole('checkbox', { name: 'Load photos' }).check();
  await fillConnection(page, { system: 'Instabase', server: fault.url, token: TOKENS.alice, username: 'alice', name: 'With photos' });
  await pressConnect(page);
  await groupsAreRead(page);
  await visit();
  const tried = new Set(loaded.map(({ url }) => url).filter((url) => url.includes('photos.example.com')));
  assert.deepEqual([...tried], [addresses.good]);
  assert.ok(loaded.every(({ url }) => url.startsWith('https://')));
  for (const { headers } of loaded) {
    assert.deepEqual([headers.referer, headers.cookie, headers.authorization], [undefined, undefined, undefined]);
  }
  // The demo's own photos are on photo.example.com.
  const known = [fault.url, 'https://photos.example.com', 'https://photo.example.com'];
  const others = requests.filter(({ url }) => /^http/.test(url) && !known.includes(new URL(url).origin));
  assert.deepEqual(others, []);
});

journey('a page that may add nobody calls its own server and nobody else', { args: ['--only-offered'] }, async (t) => {
  const { page, fault, another } = t;
  const thief = await stranger();
  try {
    const tried = await another();
    tried.discard();
    await tried.page.goto('/connect');
    await tried.page.getByRole('heading', { name: 'Connect', exact: true }).waitFor();
    const outcome = await tried.page.evaluate(
      (url) => Promise.all([url, 'https://example.com/'].map((one) => fetch(one).then(() => 'done', (error) => error.name))),
      thief.url,
    );
    assert.deepEqual(outcome, ['TypeError', 'TypeError']);
    assert.deepEqual(thief.asked, []);
    await page.goto('/connect');
    await connect(page, { system: 'Instabase', user: 'dave' });
    await groupsAreRead(page);
    assert.match((await fetch(`${fault.url}/`)).headers.get('content-security-policy'), /; connect-src 'self';/);
  } finally {
    await thief.close();
  }
});
