// A server in front of the real one that can be told to misbehave: over real sockets, same origin, the app included.
import http from 'node:http';

/**
 * Starts it in front of `target`.
 *
 * `on(method, path, fault, { times })` makes requests misbehave: `method` is a name or '*', `path` a string (the whole path
 * without its query) or a RegExp over path and query, `times` how often before it is well again (always, if left out). The
 * newest rule that fits wins. It gives a handle with `seen` (how often it struck), `struck()` (a promise of its next
 * stroke) and `off()`.
 *
 * Faults, alone or with `delay: ms` before them:
 *   { refuse: true }              the connection is cut before any byte of a reply
 *   { hang: true }                no reply ever comes
 *   { slow: ms, pieces: n }       the real reply in n pieces (16), a pause before each
 *   { truncate: n }               the real reply, cut off after n bytes of its body; with `slow` those come in pieces, and
 *                                 the browser has had them before it hears of the end
 *   { status: 500, body, type, headers }  this reply instead; `body` is text, or JSON if it is no string
 *   { html: true }                a web page with status 200, as a login wall sends
 *   { json: value }               this JSON with status 200
 *   { bytes: Buffer, type }       these bytes with status 200; with `pause: { at: n, until: promise }` the first n of them,
 *                                 and the rest when the promise is kept
 *   { bytes: Buffer, cut: n }     the first n of these bytes, and then the connection breaks
 *   { drip: true }                the real reply, byte by byte
 *   { change: (text, path) => text }  the real reply with another body
 *   { lose: true }                the real server does it, and its reply is lost
 *   { done: true, … }             the real server does it, and instead of its reply there is what else is said here
 *   {}                            the real reply (with a delay)
 */
export async function startFault(target) {
  const rules = [];
  const log = [];
  const sockets = new Set();
  const timers = new Set();
  const address = new URL(target);

  const pause = (ms) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });

  function take(request) {
    const path = request.url.split('?')[0];
    const rule = rules.findLast(
      ({ method, path: wanted, left }) =>
        left > 0 &&
        (method === '*' || method === request.method) &&
        (wanted instanceof RegExp ? wanted.test(request.url) : wanted === path),
    );
    if (!rule) return undefined;
    rule.left -= 1;
    rule.seen += 1;
    rule.waiting.splice(0).forEach((resolve) => resolve());
    return rule.fault;
  }

  const isOfBytes = ({ truncate, drip, change }) => truncate !== undefined || drip || change !== undefined;

  /** The real server's reply, its body still to come. */
  function ask(request, body, fault) {
    return new Promise((resolve, reject) => {
      // The headers go on as they are, `host` too: to the server this is the origin that the browser sees.
      const headers = { ...request.headers };
      // Where a reply is cut by bytes, they are those of its text.
      if (fault.slow !== undefined || isOfBytes(fault)) headers['accept-encoding'] = 'identity';
      // "Nothing new" has no body that anything could happen to.
      if (isOfBytes(fault)) delete headers['if-none-match'];
      const onward = http.request(
        { host: address.hostname, port: address.port, method: request.method, path: request.url, headers, agent: false },
        resolve,
      );
      onward.on('error', reject);
      onward.end(body);
    });
  }

  async function collect(stream) {
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  function say(response, status, type, body, headers = {}) {
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers });
    response.end(body);
  }

  /** Each byte in a packet of its own, with a turn of the loop between two of them. */
  async function drip(response, status, headers, whole) {
    response.socket.setNoDelay(true);
    response.writeHead(status, { ...headers, 'content-length': whole.length });
    for (let at = 0; at < whole.length && !response.destroyed; at += 1) {
      response.write(whole.subarray(at, at + 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  }

  async function answer(request, response) {
    const body = await collect(request);
    log.push({ method: request.method, path: request.url, headers: request.headers, body: body.toString() });
    const fault = take(request) ?? {};
    if (fault.delay) await pause(fault.delay);
    if (fault.done) await collect(await ask(request, body, fault));
    if (fault.hang) return;
    if (fault.refuse) return void request.socket.destroy();
    if (fault.html) {
      return say(response, 200, 'text/html; charset=utf-8', '<!doctype html><title>Sign in</title><h1>Please sign in</h1>');
    }
    if ('json' in fault) return say(response, 200, 'application/json', JSON.stringify(fault.json));
    if (fault.bytes && fault.pause) {
      const { at, until } = fault.pause;
      response.writeHead(200, { 'content-type': fault.type ?? 'application/json', 'content-length': fault.bytes.length });
      response.write(fault.bytes.subarray(0, at));
      await until;
      return void response.end(fault.bytes.subarray(at));
    }
    if (fault.bytes && fault.cut !== undefined) {
      response.writeHead(200, { 'content-type': fault.type ?? 'application/json', 'content-length': fault.bytes.length });
      return void response.write(fault.bytes.subarray(0, fault.cut), () => request.socket.destroy());
    }
    if (fault.bytes) return say(response, 200, fault.type ?? 'application/json', fault.bytes);
    if (fault.status) {
      const text = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {});
      const type = fault.type ?? (typeof fault.body === 'string' ? 'text/plain' : 'application/json');
      return say(response, fault.status, type, text, fault.headers);
    }
    let reply;
    try {
      reply = await ask(request, body, fault);
    } catch {
      // The real server is dead, and so is this address for the browser.
      return void request.socket.destroy();
    }
    if (fault.lose) {
      await collect(reply);
      return void request.socket.destroy();
    }
    const headers = { ...reply.headers };
    delete headers['transfer-encoding'];
    delete headers.connection;
    delete headers['keep-alive'];
    if (fault.change) {
      const text = (await collect(reply)).toString();
      return say(response, reply.statusCode, 'application/json', text === '' ? text : fault.change(text, request.url));
    }
    if (fault.drip) return drip(response, reply.statusCode, headers, await collect(reply));
    if (fault.slow === undefined && fault.truncate === undefined) {
      response.writeHead(reply.statusCode, headers);
      reply.on('error', () => request.socket.destroy());
      reply.pipe(response);
      return;
    }
    const whole = await collect(reply);
    response.writeHead(reply.statusCode, { ...headers, 'content-length': whole.length });
    const sent = whole.subarray(0, fault.truncate);
    const step = fault.slow === undefined ? sent.length : Math.ceil(sent.length / (fault.pieces ?? 16));
    for (let at = 0; at < sent.length && !response.destroyed; at += Math.max(1, step)) {
      if (fault.slow !== undefined) await pause(fault.slow);
      response.write(sent.subarray(at, at + Math.max(1, step)));
    }
    if (fault.truncate === undefined) return void response.end();
    // The end of the connection contradicts the length: a broken transfer, not a short reply.
    if (fault.slow !== undefined) await pause(fault.slow);
    response.write('', () => request.socket.destroy());
  }

  const server = http.createServer((request, response) => {
    // On a connection that was used before, Chromium itself sends a request again that gets no reply, a POST too: then no
    // fault would strike once. So each request has a connection of its own.
    response.shouldKeepAlive = false;
    answer(request, response).catch((error) => {
      // A browser that left in the middle is no fault of the test; anything else shows as a cut connection, and here.
      if (!request.destroyed && !response.destroyed) console.error('fault server:', error);
      request.socket.destroy();
    });
  });
  // A reply that is lost on a connection used before is asked for again by Chromium itself, even a write.
  server.maxRequestsPerSocket = 1;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port) =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address();

  async function down() {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    url: `http://127.0.0.1:${port}`,
    on(method, path, fault, { times = Infinity } = {}) {
      const rule = { method, path, fault, left: times, seen: 0, waiting: [] };
      rules.push(rule);
      return {
        get seen() {
          return rule.seen;
        },
        struck: () => new Promise((resolve) => rule.waiting.push(resolve)),
        off: () => {
          rule.left = 0;
        },
      };
    },
    /** Well again. */
    clear: () => rules.splice(0),
    /** Every request so far: method, path with query, headers, body. */
    log,
    /** Cuts every connection that is open. */
    drop: () => sockets.forEach((socket) => socket.destroy()),
    /** Nothing listens any more: connections are refused, as by a dead server. */
    down,
    /** Listens again at the same address. */
    up: async () => server.listening || listen(port),
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      await down();
    },
  };
}
