// The replay as a process of its own, so that neither the run nor the browser waits for it.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts it: `await replay.ask('use', { groups: 100 })`, and `replay.stop()`. */
export function startReplay() {
  const child = fork(fileURLToPath(new URL('replay.mjs', import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map();
  let asked = 0;
  child.on('message', ({ n, answer, error }) => {
    const { resolve, reject } = waiting.get(n);
    waiting.delete(n);
    if (error) reject(new Error(`replay: ${error}`));
    else resolve(answer);
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`the replay ended (${signal ?? code})`));
  });
  return {
    ask: (order, words = {}) =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve, reject });
        child.send({ n: asked, order, ...words });
      }),
    stop: () => child.connected && child.disconnect(),
  };
}
