// Writes a .br and a .gz beside every file of a folder that compresses, and tells all sizes as JSON.
// Node has the reference encoders of both formats; in Rust they would be compiled, and run, without optimisation.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const [folder] = process.argv.slice(2);
const TEXT = new Set(['.html', '.js', '.css', '.json', '.svg', '.txt', '.webmanifest', '.map']);
// Below this the header of a compressed reply costs what it saves.
const TINY = 256;

const sizes = [];
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  // Node 20 before 20.12 knows only `path`.
  const file = join(entry.parentPath ?? entry.path, entry.name);
  const text = TEXT.has(extname(file));
  const raw = readFileSync(file);
  const size = { file: relative(folder, file), raw: raw.length, brotli: raw.length };
  if ((text || extname(file) === '.wasm') && raw.length > TINY) {
    const brotli = brotliCompressSync(raw, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_LGWIN]: 22,
        [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
        [constants.BROTLI_PARAM_MODE]: text ? constants.BROTLI_MODE_TEXT : constants.BROTLI_MODE_GENERIC,
      },
    });
    if (brotli.length < raw.length) {
      writeFileSync(`${file}.br`, brotli);
      writeFileSync(`${file}.gz`, gzipSync(raw, { level: 9 }));
      size.brotli = brotli.length;
    }
  }
  sizes.push(size);
}
sizes.sort((a, b) => (a.file < b.file ? -1 : 1));
process.stdout.write(JSON.stringify(sizes));
