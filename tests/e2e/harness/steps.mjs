// Steps that several journeys take, and the places of a page as a person names them.

/** The field whose label begins with this: a label may go on with "optional". */
export const field = (within, label) => within.getByRole('textbox', { name: new RegExp(`^${label}( optional)?$`) });

/** Fills in the form of the page Connect, by what it says. What is left out stays as it is. */
export async function fillConnection(page, { system, server, token, username, name, color, remember, lookOnly }) {
  const form = page.getByRole('form', { name: 'New connection' });
  if (system) await form.getByRole('combobox', { name: 'System', exact: true }).selectOption({ label: system });
  if (server !== undefined) await field(form, 'Server').fill(server);
  if (token !== undefined) await field(form, 'Token').fill(token);
  if (username !== undefined) await field(form, 'Your username').fill(username);
  if (name !== undefined) await field(form, 'Name').fill(name);
  if (color) await form.getByRole('radio', { name: color, exact: true }).check();
  if (remember !== undefined) await form.getByRole('checkbox', { name: 'Remember on this device' }).setChecked(remember);
  if (lookOnly !== undefined) await form.getByRole('checkbox', { name: 'Look only' }).setChecked(lookOnly);
}

/** Presses the button that sends the form of the page Connect. */
export const pressConnect = (page) => page.getByRole('button', { name: 'Connect', exact: true }).click();

/** Waits until the groups of a connection have been read: "36 of 36 · read 14:02". */
export async function groupsAreRead(page) {
  await page.getByRole('heading', { name: 'Groups', exact: true, level: 1 }).waitFor();
  await page.getByRole('main').getByRole('status').filter({ hasText: /read \d\d:\d\d/ }).waitFor();
}

/** The row of a table that has this text. */
export const row = (page, text) => page.getByRole('row').filter({ hasText: text });

/** What a field's hint and fault say, as they are read out with it. */
export const described = (locator) =>
  locator.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(/\s+/)
      .map((id) => document.getElementById(id)?.textContent.trim() ?? '')
      .join(' '),
  );

/** The part of the address that every page of the connection shares: `/c/ID`. */
export const baseOf = (page) => /^\/c\/[^/]+/.exec(new URL(page.url()).pathname)[0];

/** Opens the menu of connections in the bar; it says the name of the one that is shown, or "Connections". */
export const openConnections = (page, shown = 'Connections') =>
  page.getByRole('banner').getByText(shown, { exact: true }).first().click();

/** Applies what is reviewed: types the number that is asked for, if one is, and waits until it is over and read back. */
export async function applyChanges(page) {
  const apply = page.getByRole('button', { name: /^Apply [\d\u202f]+ changes?$/ });
  await apply.waitFor();
  const asked = page.getByRole('textbox', { name: /^Type [\d\u202f]+ to go on/ });
  if (await asked.count()) {
    const label = await asked.evaluate((field) => field.labels[0].textContent);
    await asked.fill(/\d+/.exec(label)[0]);
  }
  await apply.click();
  await page.getByRole('status').filter({ hasText: /^(All \d+ d|D)one, read back/ }).waitFor();
}

/** What was copied. The app's page may not read that (its permissions policy), so one without the app does. */
export async function copied(page) {
  const reader = await page.context().newPage();
  await reader.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Reader</title>' }));
  await reader.goto(new URL('/reader', page.url()).href);
  const text = await reader.evaluate(() => navigator.clipboard.readText());
  await reader.close();
  await page.bringToFront();
  return text;
}
