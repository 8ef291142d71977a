// What journeys on Instabase share: ways to a page, what stands on it, and what the server holds.
import assert from 'node:assert/strict';
import { connect } from './connect.mjs';

export const ROOT = '/api/v1/groups';
/** The long list that the groups page asks for, and not the short one, nor the one that tries a token. */
export const LONG_LIST = /\/list\?get_members=true$/;
/** The path of a group, and of its membership call. */
export const pathOf = (key) => `${ROOT}/group/${key}`;
export const membersOf = (key) => `${pathOf(key)}/members`;

const PATIENCE_MS = 10_000;

/** Reads again and again until what is read is what is expected, as the user's eye would. */
export async function soon(read, expected, what = 'what is seen') {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await read();
    try {
      assert.deepEqual(seen, expected, what);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    // A look a frame: the page has to get its turn.
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
}

/** Connects as a demo person, if need be only to look. */
export async function enter(page, user = 'alice', { lookOnly = false } = {}) {
  if (!lookOnly) return connect(page, { system: 'Instabase', user });
  await page.goto('/connect');
  await page.getByRole('checkbox', { name: 'Look only', exact: true }).check();
  await page.getByRole('button', { name: `Try as ${user}`, exact: true }).click();
  await page.getByRole('heading', { name: 'Groups', exact: true, level: 1 }).waitFor();
}

/** Connects by hand with a token and without saying who one is. */
export async function enterUnnamed(page, token) {
  await page.goto('/connect');
  await page.getByRole('textbox', { name: 'Server', exact: true }).fill(new URL(page.url()).origin);
  await page.getByRole('textbox', { name: 'Token', exact: true }).fill(token);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: 'Groups', exact: true, level: 1 }).waitFor();
}

/** The address of a page of the connection that the page is in: `at(page, 'groups/infra')`. */
export const at = (page, path) => new URL(page.url()).pathname.replace(/^(\/c\/[^/]+)\/.*$/, `$1/${path}`);

/** Goes to a group's page by the list's link of that name, and waits until it was read. */
export async function openGroup(page, name) {
  // While the list comes in, its rows still find their places.
  await said(page, /· read \d\d:\d\d/).waitFor();
  await page.getByRole('table', { name: 'Groups' }).getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
  await said(page, /· read \d\d:\d\d/).waitFor();
}

/** From the list to a group's settings. */
export async function openSettings(page, name) {
  await openGroup(page, name);
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Save changes', exact: true }).waitFor();
}

/** A status line that says this. */
export const said = (within, text) => within.getByRole('status').filter({ hasText: text });
/** An alert that says this. */
export const warned = (within, text) => within.getByRole('alert').filter({ hasText: text });

/** The rows of the groups table, from the first cell to the last, without the header. */
export const groupRows = (page) =>
  page
    .getByRole('table', { name: 'Groups' })
    .getByRole('row')
    .filter({ has: page.getByRole('link') });
/** The row of the group with this internal name. */
export const groupRow = (page, key) => groupRows(page).filter({ has: page.getByRole('button', { name: `Copy ${key}`, exact: true }) });
/** The display names, in the order of the table. */
export const groupNames = (page) => page.getByRole('table', { name: 'Groups' }).getByRole('link').allInnerTexts();
/** The internal names, in the order of the table. */
export const groupKeys = (page) =>
  page
    .getByRole('table', { name: 'Groups' })
    .getByRole('code')
    .allInnerTexts();

/** The row of a member. */
export const memberRow = (page, name) =>
  page
    .getByRole('table', { name: 'Members' })
    .getByRole('row')
    .filter({ has: page.getByText(name, { exact: true }) });
export const roleButton = (page, name) => page.getByRole('button', { name: `Role of ${name}`, exact: true });
export const removeButton = (page, name) => page.getByRole('button', { name: `Remove ${name}`, exact: true });

/** Chooses a role in the form of a member's row and sends it. */
export async function changeRole(page, name, role) {
  await roleButton(page, name).click();
  const form = page.getByRole('form', { name: `Role of ${name}`, exact: true });
  await form.getByRole('radio', { name: role, exact: true }).check();
  await form.getByRole('button', { name: 'Change role', exact: true }).click();
}

/** A dialog of that title, open. */
export const dialog = (page, title) => page.getByRole('dialog', { name: title, exact: true });

/** Who is in a group, as the server says: `{ admins: [names], members: [names] }`; nobody knows a group that is gone. */
export async function people(api, key) {
  const { body } = await api(pathOf(key));
  if (!body.group) return undefined;
  const names = (list) => list.map(({ name }) => name);
  return { admins: names(body.group.admins), members: names(body.group.members) };
}

/** The fields of a group, as the server says. */
export async function fieldsOf(api, key) {
  const { body } = await api(pathOf(key));
  if (!body.group) return undefined;
  const { name, full_name, description = '', profile_photo_url = '' } = body.group;
  return { name, full_name, description, photo: profile_photo_url };
}

/** The names of all groups on the server. */
export async function allKeys(api) {
  const { body } = await api(`${ROOT}/list`);
  return body.groups.map(({ name }) => name);
}

/** The writes that the browser has sent. */
export const writes = (fault) => fault.log.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method));
/** How often the short list was asked for. */
export const plainLists = (fault) => fault.log.filter(({ path }) => path === `${ROOT}/list`).length;

/** A change past the app, as by another client: it has to work. */
export async function meanwhile(api, path, { method = 'POST', body } = {}) {
  const reply = await api(path, { method, body });
  assert.match(String(reply.body.status ?? 'ok'), /^ok$/i, JSON.stringify(reply.body));
}
