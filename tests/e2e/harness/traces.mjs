// Everything that a browser has said, kept and sent: for proving where something is, and above all where it is not.

/** Watches a context from now on; to be called before its page is opened at the app. */
export function watchTraces(context) {
  const requests = [];
  const said = [];
  context.on('request', (request) => requests.push(request));
  context.on('console', (message) => said.push(message.text()));
  return {
    requests,
    said,
    /** Each request with all its headers, its address and what it carried. */
    sent: async () => {
      const all = [];
      for (const request of requests) {
        const url = request.url();
        // Where a reply sends on to and nobody goes: the browser tells of it all the same. Who listens there knows better.
        if (!/^https?:/.test(url) || request.redirectedFrom()) continue;
        all.push({ url, origin: new URL(url).origin, headers: await request.allHeaders(), body: request.postData() ?? '' });
      }
      return all;
    },
  };
}

/** What stands in the page, its address and its history: text, every attribute, what is in its fields (but for the token's own). */
export const shown = (page) =>
  page.evaluate(() => {
    const attributes = [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes].map(({ name, value }) => `${name}=${value}`));
    const fields = [...document.querySelectorAll('input:not([type=password]), textarea, select')].map((field) => field.value);
    return [document.title, location.href, JSON.stringify(history.state), document.cookie, window.name, document.body.innerText, document.documentElement.outerHTML, ...attributes, ...fields];
  });

/** What the browser keeps for this origin: `{ localStorage, sessionStorage: {key: text}, indexedDB: {name: text}, other: [..] }`. */
export const kept = (page) =>
  page.evaluate(async () => {
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const databases = {};
    for (const { name } of await indexedDB.databases()) {
      const db = await done(indexedDB.open(name));
      const stores = [...db.objectStoreNames];
      const all = [];
      for (const store of stores) {
        const object = db.transaction(store).objectStore(store);
        all.push(store, await done(object.getAllKeys()), await done(object.getAll()));
      }
      db.close();
      // What is kept as bytes is looked at as text.
      databases[name] = JSON.stringify(all, (_, value) => (ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : value));
    }
    const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
    const other = [...(await caches.keys()), ...workers.map(({ scope }) => scope), document.cookie].filter(Boolean);
    return { localStorage: { ...localStorage }, sessionStorage: { ...sessionStorage }, indexedDB: databases, other };
  });
