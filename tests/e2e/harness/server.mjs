// A real muster-server of its own for each journey: any free port, a fresh database, the demo people.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ANNOUNCEMENT = /^listening on (http:\/\/\S+)$/m;
const PATIENCE_MS = 20_000;

/** The demo people's tokens. */
export const TOKENS = { alice: 'demo-alice', bob: 'demo-bob', carol: 'demo-carol', dave: 'demo-dave' };

const running = new Set();
// Should the process be ended early, its servers go with it.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function fromEnvironment(name, what) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} has to name ${what}; \`cargo xtask test e2e\` sets it`);
  return value;
}

/**
 * Starts a server and waits until it listens.
 * @param {{quirks?: boolean, args?: string[], site?: string, demo?: boolean}} options
 */
export async function startServer({ quirks = false, args = [], site, demo = true } = {}) {
  const program = fromEnvironment('MUSTER_SERVER', 'the built muster-server');
  const folder = mkdtempSync(join(process.env.MUSTER_TMP ?? tmpdir(), 'muster-journey-'));
  const words = ['--listen', '127.0.0.1:0', '--db', join(folder, 'muster.sqlite')];
  words.push('--site', site ?? fromEnvironment('MUSTER_SITE', 'the built site'));
  if (demo) words.push('--demo');
  if (quirks) words.push('--quirks');
  const child = spawn(program, [...words, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  }).then((how) => {
    running.delete(child);
    return how;
  });

  async function stop() {
    if (running.has(child)) {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(force);
    }
    rmSync(folder, { recursive: true, force: true });
  }

  let timer;
  const url = await new Promise((resolve, reject) => {
    const look = (chunk) => {
      output += chunk;
      const found = ANNOUNCEMENT.exec(output);
      if (found) resolve(found[1].replace(/\/$/, ''));
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    timer = setTimeout(() => reject(new Error(`it said no address within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    ended.then((how) => reject(new Error(`it ended: ${how}`)));
  }).catch(async (error) => {
    await stop();
    throw new Error(`muster-server did not start: ${error.message}\n${output}`);
  });
  clearTimeout(timer);

  return {
    url,
    stop,
    /** What the server has said so far, for a failure's report. */
    output: () => output,
    /** Ends the server at once, as a crash would; the address stays dead. */
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    api: apiOf(url),
    /** The server's own command line over the same database: `await run('token', 'create', 'dave')` gives what it prints. */
    run: async (...command) => {
      const { stdout } = await promisify(execFile)(program, [...command, '--db', join(folder, 'muster.sqlite')]);
      return stdout.trim();
    },
  };
}

/**
 * A look at the server's state past the app: `await api('/api/v1/groups', { token: TOKENS.alice })`.
 * Gives the status and the body, as JSON where it is; a failure to connect throws.
 */
export function apiOf(url) {
  return async (path, { method = 'GET', token = TOKENS.alice, body } = {}) => {
    const reply = await fetch(url + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await reply.text();
    const json = (reply.headers.get('content-type') ?? '').includes('json') && text !== '';
    return { status: reply.status, headers: reply.headers, body: json ? JSON.parse(text) : text };
  };
}
