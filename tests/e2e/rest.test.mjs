// The second part of the app: fetched ahead once the list stands, at once where its page is opened first, and again when it
// could not be fetched. A build that was not cut has none: its pages have to come all the same.
import assert from 'node:assert/strict';
import { TOKENS, connect, journey } from './harness/journey.mjs';
import { baseOf, groupsAreRead } from './harness/steps.mjs';

const REST = /_rest\.wasm$/;
const GROUP = '/api/v1/groups/group/eng_group';

/** Whether the site that is served was cut in two. */
async function isCut({ url }) {
  const html = await (await fetch(url)).text();
  const script = /<script type="module" src="([^"]+)"/.exec(html)?.[1];
  return script !== undefined && (await (await fetch(new URL(script, url))).text()).includes('_rest.wasm');
}

/** The page of the group is there, and says of who is in it what the server says. */
async function sameAsServer(page, api) {
  const { group } = (await api(GROUP, { token: TOKENS.alice })).body;
  await page.getByRole('heading', { name: group.full_name, level: 1, exact: true }).waitFor();
  const people = new Set([...group.admins, ...group.members].map(({ name }) => name));
  const table = page.getByRole('table', { name: 'Members' });
  for (const name of people) await table.getByText(name, { exact: true }).first().waitFor();
  assert.equal(await table.getByRole('row').count(), people.size + 1);
}

const open = (page) => page.getByRole('link', { name: 'Engineering', exact: true }).click();
const start = async (page) => {
  await connect(page, { system: 'Instabase', user: 'alice' });
  await groupsAreRead(page);
};

journey('it is fetched before anybody asks for it, and once', {}, async ({ page, requests, fault, server, api }) => {
  const cut = await isCut(server);
  const ahead = cut && page.waitForResponse((response) => REST.test(response.url()));
  await start(page);
  if (cut) assert.equal((await ahead).status(), 200);
  // What is here needs no server.
  fault.on('GET', REST, { status: 500 });
  await open(page);
  await sameAsServer(page, api);
  assert.equal(requests.filter(({ url }) => REST.test(url)).length, cut ? 1 : 0);
});

journey('it cannot be fetched: the page says so, and “Try again” brings it', {}, async (t) => {
  const { page, fault, server, api, axe, shot, expectRefused } = t;
  const cut = await isCut(server);
  if (cut) expectRefused('network');
  const rule = fault.on('GET', REST, { refuse: true });
  await start(page);
  const address = `${baseOf(page)}/groups/eng_group`;
  if (cut) {
    // By a link, and from its own address.
    await open(page);
    const failed = page.getByRole('alert').filter({ hasText: 'A part of Muster did not arrive' });
    await failed.waitFor();
    await page.goto(address);
    await failed.waitFor();
    await axe();
    await shot('rest-failed');
    const struck = rule.struck();
    await failed.getByRole('button', { name: 'Try again' }).click();
    await struck;
    await failed.waitFor();
    rule.off();
    await failed.getByRole('button', { name: 'Try again' }).click();
  } else {
    await page.goto(address);
  }
  await sameAsServer(page, api);
  // The list, and back: it is here now.
  await page.getByRole('main').getByRole('link', { name: 'Groups', exact: true }).click();
  await groupsAreRead(page);
  await open(page);
  await sameAsServer(page, api);
});

journey('opened from its address it is on its way, and then there', { viewport: 'phone' }, async (t) => {
  const { page, fault, server, api, another } = t;
  const cut = await isCut(server);
  await start(page);
  const address = `${baseOf(page)}/groups/eng_group`;
  const storage = await page.evaluate(() => Object.entries(localStorage));
  // Another browser, which has fetched nothing yet.
  const two = (await another()).page;
  await two.addInitScript((entries) => entries.forEach(([key, value]) => localStorage.setItem(key, value)), storage);
  if (cut) fault.on('GET', REST, { delay: 1_500 }, { times: 1 });
  await two.goto(address);
  if (cut) {
    await two.getByRole('status').filter({ hasText: 'Loading the page…' }).waitFor();
  }
  await sameAsServer(two, api);
});
