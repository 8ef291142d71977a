// One Chromium for a test process, and for each journey a context of its own whose console is watched.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** The two screens that everything has to work on. */
export const VIEWPORTS = { wide: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };

/**
 * What shakes out a journey that rests on who is faster: `MUSTER_HESITATE_MS` makes each step of a journey wait so long
 * before it is taken, and `MUSTER_SLOWED` slows the page's processor so many times. Time to wait grows with both.
 */
const HESITATE_MS = Number(process.env.MUSTER_HESITATE_MS ?? 0);
const SLOWED = Number(process.env.MUSTER_SLOWED ?? 1);
export const PATIENCE = Math.max(SLOWED, HESITATE_MS > 0 ? 4 : 1);

/** How long a step waits for what it looks for. */
const PATIENCE_MS = 10_000 * PATIENCE;

let browser;

function executable() {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
  if (!found) throw new Error('no Chromium: name one in CHROMIUM');
  return found;
}

async function launch() {
  // The promise is kept, not the browser, so that two calls at once start one.
  browser ??= chromium.launch({
    executablePath: executable(),
    slowMo: HESITATE_MS,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
  return browser;
}

/** Ends the browser of this process. */
export async function closeBrowser() {
  const started = browser;
  browser = undefined;
  if (started) await (await started).close();
}

/**
 * A fresh context and page.
 * @param {{baseURL: string, viewport?: 'wide'|'phone', colorScheme?: 'light'|'dark'}} options
 */
export async function openPage({ baseURL, viewport = 'wide', colorScheme = 'light' }) {
  const context = await (await launch()).newContext({
    baseURL,
    viewport: VIEWPORTS[viewport],
    colorScheme,
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    deviceScaleFactor: 1,
    serviceWorkers: 'block',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const watch = watchConsole(context);
  const requests = [];
  context.on('request', (request) => requests.push({ method: request.method(), url: request.url() }));
  if (SLOWED > 1) context.on('page', slow);
  const page = await context.newPage();
  return { context, page, requests, ...watch, close: () => context.close() };
}

async function slow(page) {
  try {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
  } catch (error) {
    if (!page.isClosed()) throw error;
  }
}

/**
 * Chromium itself logs each refused or failed request as an error. Such a line is in order only where the journey said
 * before that it would come; every other error of the console or the page fails the journey.
 */
function watchConsole(context) {
  const errors = [];
  const allowed = [];
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = message.text();
    const refused = /^Failed to load resource: the server responded with a status of (\d+)/.exec(text);
    const failed = /^Failed to load resource: net::(ERR_\w+)/.exec(text);
    const forbidden = / has been blocked by CORS policy: /.test(text);
    const what = refused ? Number(refused[1]) : forbidden ? 'cors' : failed?.[1];
    const url = message.location().url;
    const allowance = allowed.find(
      (entry) =>
        !entry.over &&
        (entry.what === what || (entry.what === 'network' && failed)) && (!entry.path || new URL(url).pathname === entry.path),
    );
    if (what !== undefined && allowance) allowance.seen += 1;
    else errors.push(`console: ${text}${url ? ` (${url})` : ''}`);
  });
  context.on('weberror', (error) => errors.push(`page: ${error.error().stack ?? error.error()}`));
  context.on('page', (page) => page.on('crash', () => errors.push(`the page ${page.url()} crashed`)));
  return {
    /**
     * From now on replies of this status ('network': requests that get no reply; 'cors': replies that this page may not
     * read) are part of the journey, for all paths or one. None coming is a failure too: then the journey does not show what it says.
     * Gives a handle: after its `over()` none is in order any more, and `seen` says how many came.
     */
    expectRefused(what, path) {
      const entry = { what, path, seen: 0, over: false };
      allowed.push(entry);
      return {
        get seen() {
          return entry.seen;
        },
        over: () => {
          entry.over = true;
        },
      };
    },
    /** The errors so far that were not announced; they are handed over, and fail nothing here any more. */
    takeErrors: () => errors.splice(0),
    /** Fails if an error appeared that was not announced, or one that was announced did not. */
    check() {
      const silent = allowed.filter(({ seen }) => seen === 0);
      const missing = silent.map(({ what, path = 'any path' }) => `announced and never seen: ${what} for ${path}`);
      const all = [...errors, ...missing];
      if (all.length > 0) throw new Error(`the console is not clean:\n  ${all.join('\n  ')}`);
    },
  };
}
