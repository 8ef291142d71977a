// What is measured inside a page; given to it before its own scripts run. Every contestant carries the same probe, and so
// the same cost of it.

/** @param {object} where  `groups` and `members` of a contestant (see contestants.mjs) */
export function probe(where) {
  const EVERYTHING = { subtree: true, childList: true, attributes: true, characterData: true };
  const channel = new MessageChannel();
  const painted = [];
  channel.port1.onmessage = () => {
    const now = performance.now();
    for (const tell of painted.splice(0)) tell(now);
  };
  /** When the frame that shows the present state was painted: a message posted from its animation frame comes after it. */
  const afterPaint = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        painted.push(resolve);
        channel.port2.postMessage(0);
      });
    });

  const settled = () => afterPaint().then(afterPaint);

  // WebAssembly's memory is in no figure of the JavaScript heap.
  const memories = new Set();
  const keep = ({ instance, exports }) => {
    for (const value of Object.values((instance ?? { exports }).exports)) {
      if (value instanceof WebAssembly.Memory) memories.add(value);
    }
  };
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...words) => {
      const made = await original.apply(WebAssembly, words);
      keep(made);
      return made;
    };
  }

  const element = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
  const inRows = (node, { rows }) => {
    const at = element(node);
    return Boolean(at?.closest(rows)) && !at.closest('thead, [role="columnheader"]');
  };
  const isComplete = ({ status, complete: { attribute, says, never } }) => {
    if (attribute) return document.documentElement.hasAttribute(attribute);
    if (document.querySelector(never)) return false;
    const pattern = new RegExp(says);
    return [...document.querySelectorAll(status)].some((line) => pattern.test(line.textContent.trim()));
  };

  // The trace finds the page's beginning by this mark.
  performance.mark('bench: begin');
  const loading = {};
  const look = new MutationObserver(() => {
    if (loading.firstRow === undefined) {
      const row = document.querySelector(where.groups.row);
      if (!row || row.textContent.trim() === '') return;
      loading.firstRow = performance.now();
      afterPaint().then((now) => {
        loading.firstRowPainted = now;
      });
    }
    if (isComplete(where.groups)) {
      loading.complete = performance.now();
      look.disconnect();
      afterPaint().then((now) => {
        loading.completePainted = now;
        // The trace finds this page's process and its main thread by this mark.
        performance.mark('bench: complete');
      });
    }
  });
  look.observe(document, EVERYTHING);

  /**
   * From the next event of this type to the rows that changed for it, or to the status line where `orStatus`; `last`: to the
   * last such change, after which nothing changed for two frames. `null` where nothing changed within `patience` ms: a page makes no mutation where a result stays as it is.
   */
  function watch(type, region, orStatus, patience) {
    return new Promise((resolve) => {
      let began;
      let changed;
      const observer = new MutationObserver((records) => {
        if (began === undefined) return;
        const { status } = where[region];
        const counts = (node) => inRows(node, where[region]) || (orStatus && element(node)?.closest(status));
        if (!records.some(({ target }) => counts(target))) return;
        const first = changed === undefined;
        changed = performance.now();
        if (!first) return;
        // What changes before the paint belongs to it: `changed` is the last of it.
        afterPaint().then(async (now) => {
          const figures = { dom: changed - began, paint: now - began };
          // A page may answer in parts.
          let seen;
          do {
            seen = changed;
            await settled();
          } while (changed !== seen);
          observer.disconnect();
          resolve({ ...figures, last: changed - began });
        });
      });
      observer.observe(document, EVERYTHING);
      addEventListener(
        type,
        () => {
          began = performance.now();
          setTimeout(() => {
            if (changed !== undefined) return;
            observer.disconnect();
            resolve(null);
          }, patience);
        },
        { capture: true, once: true },
      );
    });
  }

  /** From the next click to a row of the other table: `{ dom, paint }`. */
  function watchOpening(patience) {
    return new Promise((resolve) => {
      let began;
      const observer = new MutationObserver(() => {
        if (began === undefined || location.href === from) return;
        const row = document.querySelector(where.members.row);
        // In a page that keeps both tables, the one that is not shown takes no room.
        if (!row || row.textContent.trim() === '' || row.getClientRects().length === 0) return;
        const dom = performance.now() - began;
        observer.disconnect();
        afterPaint().then((now) => resolve({ dom, paint: now - began }));
      });
      const from = location.href;
      observer.observe(document, EVERYTHING);
      addEventListener(
        'click',
        () => {
          began = performance.now();
          setTimeout(() => resolve(null), patience);
        },
        { capture: true, once: true },
      );
    });
  }

  /** Waits until the page has changed nothing for so many ms. */
  const quiet = (ms) =>
    new Promise((resolve) => {
      const end = () => {
        observer.disconnect();
        resolve();
      };
      let timer = setTimeout(end, ms);
      const observer = new MutationObserver(() => {
        clearTimeout(timer);
        timer = setTimeout(end, ms);
      });
      observer.observe(document, EVERYTHING);
    });

  /** What scrolls the groups table: the page, or what the table stands in. */
  function scroller() {
    for (let at = document.querySelector(where.groups.row); at; at = at.parentElement) {
      if (at.scrollHeight > at.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
    }
    return document.scrollingElement;
  }

  /** Scrolls from top to bottom in so many frames: the time from each frame to the next, and the work until it was painted. */
  async function scroll(frames) {
    const at = scroller();
    at.scrollTop = 0;
    await settled();
    return new Promise((resolve) => {
      const times = [];
      const work = [];
      let n = 0;
      const step = (time) => {
        times.push(time);
        if (n > frames) {
          const deltas = times.slice(1).map((now, i) => now - times[i]);
          const reached = at.scrollTop;
          at.scrollTop = 0;
          // A windowed table fills its rows anew when it hears of it.
          settled().then(() => resolve({ deltas, work, reached }));
          return;
        }
        // A page that grows under way is followed to its new end.
        at.scrollTop = ((at.scrollHeight - at.clientHeight) * n) / frames;
        n += 1;
        const began = performance.now();
        painted.push((now) => work.push(now - began));
        channel.port2.postMessage(0);
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
  }

  /** What writes to the document, so that the beginning of a change is known and not only its end. */
  const WRITERS = [
    [Node.prototype, ['appendChild', 'insertBefore', 'removeChild', 'replaceChild'], ['textContent', 'nodeValue']],
    [CharacterData.prototype, ['replaceWith', 'remove', 'before', 'after'], ['data']],
    [Element.prototype, ['append', 'prepend', 'replaceChildren', 'replaceWith', 'remove', 'before', 'after', 'setAttribute', 'removeAttribute'], ['innerHTML', 'className']],
  ];

  /**
   * Waits until a row says `text`: how many mutations the rows took on the way, and of the batch that wrote it the script from
   * its first write into a row until it gave control back, and until its last write.
   */
  function watchChange(text, patience) {
    let firstWrite;
    let lastWrite;
    const undo = [];
    const write = (node, original, words) => {
      if (!inRows(node, where.groups)) return original.apply(node, words);
      firstWrite ??= performance.now();
      const value = original.apply(node, words);
      lastWrite = performance.now();
      return value;
    };
    for (const [prototype, methods, properties] of WRITERS) {
      for (const name of methods) {
        const original = Object.getOwnPropertyDescriptor(prototype, name);
        undo.push(() => Object.defineProperty(prototype, name, original));
        Object.defineProperty(prototype, name, {
          ...original,
          value(...words) {
            return write(this, original.value, words);
          },
        });
      }
      for (const name of properties) {
        const original = Object.getOwnPropertyDescriptor(prototype, name);
        undo.push(() => Object.defineProperty(prototype, name, original));
        Object.defineProperty(prototype, name, {
          ...original,
          set(value) {
            write(this, original.set, [value]);
          },
        });
      }
    }
    return new Promise((resolve) => {
      let mutations = 0;
      let began;
      const end = (result) => {
        clearTimeout(timer);
        observer.disconnect();
        for (const put of undo) put();
        resolve(result);
      };
      const observer = new MutationObserver((records) => {
        const now = performance.now();
        const script = now - (firstWrite ?? now);
        const writing = (lastWrite ?? now) - (firstWrite ?? now);
        firstWrite = lastWrite = undefined;
        mutations += records.filter(({ target }) => inRows(target, where.groups)).length;
        const seen = [...document.querySelectorAll(where.groups.row)].some((row) => row.textContent.includes(text));
        if (!seen || found) return;
        found = true;
        afterPaint().then(async (paint) => {
          // What follows until the list is complete again belongs to the change too.
          while (!isComplete(where.groups)) await afterPaint();
          await afterPaint();
          end({ mutations, script, writing, paint: paint - began });
        });
      });
      let found = false;
      const timer = setTimeout(() => end(null), patience);
      addEventListener('click', () => (began = performance.now()), { capture: true, once: true });
      observer.observe(document, EVERYTHING);
    });
  }

  /** The texts of the rows that are there, from top to bottom, cell by cell. */
  const rows = (region) =>
    [...document.querySelectorAll(where[region].row)]
      .filter((row) => row.getClientRects().length > 0)
      .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
      .map((row) => [...row.querySelectorAll(where[region].cell)].map((cell) => cell.textContent.trim()));

  window.bench = {
    loading,
    watch,
    watchOpening,
    watchChange,
    scroll,
    rows,
    settled,
    quiet,
    isComplete: () => isComplete(where.groups),
    status: (region) => [...document.querySelectorAll(where[region].status)].map((line) => line.textContent.trim()).join(' '),
    wasmBytes: () => [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
    // A promise cannot cross to the run before it is done: it waits here to be asked for.
    armed: undefined,
  };
}
