// Replays a generated site: Instabase's calls answered from bytes made beforehand, uncompressed and at the speed of memory,
// so that front ends are compared and not servers. Each contestant has an origin of its own, with its files and the same API.
//
// Started by measure.mjs, which talks to it over IPC: one message, one answer. By hand, to look at a page:
//   node bench/replay.mjs --groups 2000 bench/vanilla
import { createServer } from 'node:http';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { pathToFileURL } from 'node:url';
import { generate } from './generate.mjs';

const ROOT = '/api/v1/groups';
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.svg': 'image/svg+xml', '.wasm': 'application/wasm',
};
/** Below this the header of a compressed reply costs what it saves. */
const TINY = 256;

/** The sites by their number of groups, which of them is replayed, and which groups were changed since. */
const sites = new Map();
let site;
const changed = new Map();

/** Another size, as it was generated. */
function use(groups) {
  if (!sites.has(groups)) sites.set(groups, generate(groups));
  site = sites.get(groups);
  changed.clear();
}

/** One group's bytes, as they stand now. */
const elementOf = (name) => changed.get(name) ?? site.element(site.place(name));

/** From now on every read shows this description. */
function describe(name, description) {
  const { admins, members, name: key, full_name, profile_photo_url } = JSON.parse(elementOf(name));
  const group = { name: key, full_name, description, profile_photo_url, admins, members };
  changed.set(name, Buffer.from(JSON.stringify(group)));
}

/** The list with people: the bytes made beforehand, with what was changed in its place. */
function listParts() {
  const parts = [];
  let from = 0;
  for (const place of [...changed.keys()].map((name) => site.place(name)).sort((a, b) => a - b)) {
    const start = site.start(place);
    parts.push(site.full.subarray(from, start), changed.get(site.names[place]));
    from = start + site.element(place).length;
  }
  parts.push(site.full.subarray(from));
  return parts;
}

function json(reply, ...parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  // A browser writes a long reply to its disk unless it is told not to.
  reply.writeHead(200, { 'content-type': 'application/json', 'content-length': length, 'cache-control': 'no-store' });
  for (const part of parts) reply.write(part);
  reply.end();
  return length;
}

const say = (reply, value) => json(reply, Buffer.from(JSON.stringify(value)));
const refuse = (reply, msg) => say(reply, { status: 'ERROR', msg });

/** Instabase's reads. Nothing is written over HTTP: a change comes from the run (see `describe`). */
function api(method, url, reply) {
  const path = url.pathname.slice(ROOT.length);
  if (method !== 'GET') return refuse(reply, 'This replay is only read from');
  if (path === '/list') {
    // Asked for one person's groups, an app only wants to know whether its token is good.
    if (url.searchParams.get('username')) return say(reply, { status: 'OK', groups: [] });
    return url.searchParams.get('get_members') === 'true' ? json(reply, ...listParts()) : json(reply, site.plain);
  }
  const name = decodeURIComponent(/^\/group\/([^/]+)$/.exec(path)?.[1] ?? '');
  if (site.place(name) === undefined) return refuse(reply, `Group (${name}) not found`);
  return json(reply, FOUND, elementOf(name), CLOSED);
}

const FOUND = Buffer.from('{"status":"OK","group":');
const CLOSED = Buffer.from('}');

/** A contestant's files by their addresses, read and compressed beforehand: the first folder that has a file serves it. */
function files(folders) {
  const known = new Map();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true })) {
      const file = join(folder, entry);
      const path = `/${relative(folder, file).split(sep).join('/')}`;
      if (known.has(path) || /\.(br|gz)$/.test(path) || !statSync(file).isFile()) continue;
      const raw = readFileSync(file);
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      const brotli = existsSync(`${file}.br`) ? readFileSync(`${file}.br`) : compress(raw, type);
      known.set(path, { type, raw, brotli: raw.length > TINY && brotli.length < raw.length ? brotli : undefined });
    }
  }
  return known;
}

function compress(raw, type) {
  const mode = type.startsWith('text/') ? constants.BROTLI_MODE_TEXT : constants.BROTLI_MODE_GENERIC;
  return brotliCompressSync(raw, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: mode, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length },
  });
}

/** An origin: a contestant's files, the app's page for every other path, the API. Its log says what was sent. */
function serve(folders) {
  const known = files(folders);
  const index = known.get('/index.html');
  if (!index) throw new Error(`no index.html in ${folders.join(', ')}`);
  const log = [];
  const server = createServer((request, reply) => {
    const url = new URL(request.url, 'http://replay');
    if (url.pathname.startsWith(`${ROOT}/`)) {
      const bytes = api(request.method, url, reply);
      log.push({ path: url.pathname + url.search, api: true, bytes });
      return;
    }
    const file = known.get(decodeURIComponent(url.pathname)) ?? (extname(url.pathname) ? undefined : index);
    if (!file) {
      log.push({ path: url.pathname, bytes: 0, status: 404 });
      reply.writeHead(404, { 'content-length': 0 }).end();
      return;
    }
    const brotli = file.brotli && /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
    const body = brotli ? file.brotli : file.raw;
    log.push({ path: url.pathname, bytes: body.length, status: 200 });
    reply.writeHead(200, {
      'content-type': file.type,
      'content-length': body.length,
      'cache-control': 'no-store',
      ...(brotli ? { 'content-encoding': 'br' } : {}),
    });
    reply.end(body);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}`, log }));
  });
}

/** What the run may ask for. */
const origins = new Map();
const orders = {
  serve: async ({ id, folders }) => {
    origins.set(id, await serve(folders));
    return origins.get(id).url;
  },
  use: ({ groups }) => {
    use(groups);
    return { bytes: site.full.length, names: site.names };
  },
  describe: ({ name, description }) => describe(name, description),
  groups: ({ names }) => names.map((name) => JSON.parse(elementOf(name))),
  list: () => JSON.parse(site.plain).groups,
  // What was sent since it was last asked.
  log: ({ id }) => origins.get(id).log.splice(0),
};

async function byHand() {
  const words = process.argv.slice(2);
  const at = words.indexOf('--groups');
  const groups = at < 0 ? 2000 : Number(words.splice(at, 2)[1]);
  if (!Number.isInteger(groups) || groups < 2 || words.length === 0) {
    throw new Error('node bench/replay.mjs [--groups N] FOLDER…   (the first folder that has a file serves it)');
  }
  use(groups);
  console.log(`${groups} groups at ${(await serve(words)).url}`);
}

if (process.send) {
  process.on('message', async ({ n, order, ...words }) => {
    try {
      process.send({ n, answer: await orders[order](words) });
    } catch (error) {
      process.send({ n, error: error.stack });
    }
  });
  // Its run has ended, however it did.
  process.on('disconnect', () => process.exit());
} else if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await byHand();
}
