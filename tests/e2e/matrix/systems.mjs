// The two systems as the cells see them: who looks, at which group and person, by which calls.
import { TOKENS } from '../harness/server.mjs';

const INSTABASE = '/api/v1/groups';
const SNIP = '/api/account/groups';
const mail = (name) => `${name}@example.com`;

/** Somebody past the app changes something: it has to work. */
async function done(reply) {
  if (reply.status >= 300 || reply.body?.status === 'ERROR') throw new Error(`past the app: ${JSON.stringify(reply.body)}`);
}

export const SYSTEMS = {
  Instabase: {
    user: 'alice',
    token: TOKENS.alice,
    key: 'eng_group',
    name: 'Engineering',
    person: 'emil',
    personKey: 'emil',
    /** Two groups side by side, or of which both are changed at once. */
    pair: ['sales_group', 'legal'],
    pairNames: ['Sales', 'Legal'],
    lists: /^\/api\/v1\/groups\/list(\?get_members=true)?$/,
    listOf: /^\/api\/v1\/groups\/list\?get_members=true&username=/,
    anyList: /^\/api\/v1\/groups\/list/,
    path: (key) => `${INSTABASE}/group/${key}`,
    /** The call that changes who is in a group. */
    people: (key) => ['POST', `${INSTABASE}/group/${key}/members`],
    create: (key) => ['POST', `${INSTABASE}/group/${key}`],
    roles: async (api, key) => {
      const { body } = await api(`${INSTABASE}/group/${key}`);
      const held = {};
      for (const [list, role] of [[body.group.admins, 'admin'], [body.group.members, 'member']]) for (const { name } of list) held[name] = role;
      return held;
    },
    about: async (api, key) => (await api(`${INSTABASE}/group/${key}`)).body.group.description,
    describe: async (api, key, description) => done(await api(`${INSTABASE}/group/${key}`, { method: 'PATCH', body: { description } })),
    /** Gives a person a role in a group, or none, past the app. */
    give: async (api, key, person, role) => {
      const body = role === undefined ? { admin: { [person]: false }, member: { [person]: false } } : { [role]: { [person]: true } };
      await done(await api(`${INSTABASE}/group/${key}/members`, { method: 'POST', body }));
    },
    named: async (api, name) => (await api(`${INSTABASE}/list`)).body.groups.filter((group) => group.full_name === name),
  },
  snip: {
    user: 'carol',
    token: TOKENS.carol,
    key: '2',
    name: 'whatagroup',
    person: mail('emil'),
    pair: ['2', '21'],
    pairNames: ['whatagroup', 'Tomographie à contraste de phase'],
    lists: /^\/api\/account\/groups$/,
    listOf: /^\/api\/account\/groups$/,
    anyList: /^\/api\/account\/groups$/,
    path: (key) => `${SNIP}/${key}`,
    people: (key) => ['PATCH', `${SNIP}/${key}`],
    create: () => ['POST', SNIP],
    roles: async (api, key) => {
      const { body } = await api(`${SNIP}/${key}`, { token: TOKENS.carol });
      return Object.fromEntries(body.members.map(({ emails, role }) => [emails[0], role]));
    },
    about: async (api, key) => (await api(`${SNIP}/${key}`, { token: TOKENS.carol })).body.description,
    describe: async (api, key, description) => done(await api(`${SNIP}/${key}`, { method: 'PATCH', token: TOKENS.carol, body: { description } })),
    give: async (api, key, person, role) => {
      const { body } = await api(`${SNIP}/${key}`, { token: TOKENS.carol });
      const { user_id } = body.members.find(({ emails }) => emails[0] === person);
      await done(await api(`${SNIP}/${key}`, { method: 'PATCH', token: TOKENS.carol, body: { update_member_roles: [{ user_id, role }] } }));
    },
    named: async (api, name) => (await api(SNIP, { token: TOKENS.carol })).body.filter((group) => group.name === name),
  },
};
export { mail };
