// Pictures of the running app: `cargo xtask shots [FOLDER [NAME…]]`.
//
// Each is taken light and dark, wide and on a phone, as NAME-light-wide.png and so on. Without a folder they go to
// docs/screenshots, the set the documentation shows. FOLDER may be `-` for that one, to take only some of it again.
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VIEWPORTS, closeBrowser, openPage } from './harness/browser.mjs';
import { connect } from './harness/connect.mjs';
import { TOKENS, startServer } from './harness/server.mjs';

const INSTABASE = { system: 'Instabase', user: 'alice' };
const SNIP = { system: 'snip', user: 'alice' };

/** The largest snip group that alice owns. */
async function ownSnipGroup(api) {
  const { body } = await api('/api/account/groups', { token: TOKENS.alice });
  const own = body.filter(({ members }) => members.some(({ self, role }) => self && role === 'owner'));
  own.sort((a, b) => b.members.length - a.members.length || a.id - b.id);
  if (own.length === 0) throw new Error('alice owns no snip group in the demo');
  return own[0].id;
}

const press = (role, name) => async (page) => {
  await page.getByRole(role, { name }).first().click();
};
const dialog = async (page) => page.getByRole('dialog').first().waitFor();

/**
 * One picture a line: its name, who is connected (or nobody), the address (below the connection's own, where somebody is),
 * and what is done there before the picture is taken.
 */
const PAGES = [
  ['connect', null, '/connect'],
  ['groups', INSTABASE, '/groups'],
  ['groups-found', INSTABASE, '/groups?q=eu%20read'],
  ['groups-none', INSTABASE, '/groups?q=no%20such%20group'],
  ['groups-list', INSTABASE, '/groups?list=no-admin'],
  ['people', INSTABASE, '/people?sort=groups&dir=desc'],
  ['person', INSTABASE, '/people/carol'],
  ['person-unknown', INSTABASE, '/people/joiner'],
  ['like-this', INSTABASE, '/new-group?like=data_science'],
  ['group-members', INSTABASE, '/groups/eng_group'],
  ['group-settings', INSTABASE, '/groups/eng_group/settings'],
  ['new-group', INSTABASE, '/new-group'],
  ['add-members', INSTABASE, '/groups/eng_group', press('button', 'Add members'), dialog],
  ['change-role', INSTABASE, '/groups/eng_group', press('button', /^Role of /)],
  ['delete-group', INSTABASE, '/groups/eng_group/settings', press('button', /^Delete group/), dialog],
  ['snip-groups', SNIP, '/groups'],
  ['snip-people', SNIP, '/people'],
  ['snip-group', SNIP, async ({ api }) => `/groups/${await ownSnipGroup(api)}`],
  ['snip-settings', SNIP, async ({ api }) => `/groups/${await ownSnipGroup(api)}/settings`],
  ['not-found', INSTABASE, '/no-such-page'],
];

const [folder = '-', ...names] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const into = folder === '-' ? join(here, '../../docs/screenshots') : resolve(process.env.MUSTER_CALLED_IN ?? '.', folder);
const unknown = names.filter((name) => !PAGES.some(([page]) => page === name));
if (unknown.length > 0) throw new Error(`no such picture: ${unknown.join(', ')}; there are ${PAGES.map(([name]) => name).join(', ')}`);
const wanted = PAGES.filter(([name]) => names.length === 0 || names.includes(name));

/** What is still being fetched says so (`aria-busy`); a picture of a skeleton shows nothing. */
async function settled(page) {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

async function take([name, who, address, ...steps], server, viewport, colorScheme) {
  const { page, close, check } = await openPage({ baseURL: server.url, viewport, colorScheme });
  try {
    let base = '';
    if (who) {
      await connect(page, who);
      [base] = /^\/c\/[^/]+/.exec(new URL(page.url()).pathname) ?? [];
      if (base === undefined) throw new Error(`connected, and the address is ${page.url()}`);
    }
    await page.goto(base + (typeof address === 'string' ? address : await address(server)));
    await settled(page);
    for (const step of steps) await step(page);
    await settled(page);
    const file = `${name}-${colorScheme}-${viewport}.png`;
    await page.screenshot({ path: join(into, file), animations: 'disabled', caret: 'hide' });
    check();
    console.log(file);
  } finally {
    await close();
  }
}

mkdirSync(into, { recursive: true });
const failed = [];
const server = await startServer();
try {
  for (const page of wanted) {
    for (const viewport of Object.keys(VIEWPORTS)) {
      for (const colorScheme of ['light', 'dark']) {
        await take(page, server, viewport, colorScheme).catch((error) => {
          failed.push(`${page[0]}, ${colorScheme}, ${viewport}: ${error.message}`);
        });
      }
    }
  }
} finally {
  await closeBrowser();
  await server.stop();
}
console.log(`\n${wanted.length * 4 - failed.length} pictures in ${into}`);
if (failed.length > 0) {
  console.error(`\n${failed.length} could not be taken:\n\n${failed.join('\n\n')}`);
  process.exitCode = 1;
}
