// The whole reply is parsed at once: of all that plain JavaScript can do, the quickest to the complete list.
import { ask, start } from './page.js';

start(async (arrived) => {
  const reply = await ask('/list?get_members=true');
  const { groups } = await reply.json();
  arrived(groups);
});
