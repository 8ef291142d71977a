// The faults: the rows of the matrix. What comes over the wire, and of which class the sentence is that tells of it.
//
//   read      what happens to a read: the fault server's fault, or variants of it (see odd.mjs) for the replies of each shape
//   write     what happens to a write, where it is not the same
//   says      the class of the sentence (see sentences.mjs); none where the page reads what came all the same
//   saysElse  the same where it is a matter of the system and of what is read
//   announced what the browser's console has to say of it
//   noWrite   why it cannot befall a write
//   answered  'accepted' where the answer of a write is taken for one all the same
//   doubt     whether a write that met it may have been done all the same: then a look at the server settles it; one system, where the
//             other does not rely on what stands in an answer
//   cut       it strikes not a reply but the line: 'down' (nobody listens) or 'offline' (this browser is)
//   retried   whether a read is sent again by itself before anything is said
import * as odd from './odd.mjs';
import { WORDS } from './sentences.mjs';

const HTML = '<!doctype html><html><head><title>Bad gateway</title></head><body><h1>502</h1></body></html>';
const DEEP = 10_000;
const GARBAGE = Buffer.alloc(10 << 20, 0xfe);
const deep = (open, close) => Buffer.from(`${open.repeat(DEEP)}1${close.repeat(DEEP)}`);

/** A refusal by its status, in the words of both systems; the token is echoed. */
const refused = (status, headers) => ({ token }) => {
  const words = `${WORDS}: ${token} is sad\u0007\u202e.`;
  return { status, body: { status: 'ERROR', msg: words, message: words }, headers };
};

export const FAULTS = [
  { name: 'connection refused', cut: 'down', says: 'unreachable', announced: 'network', doubt: true, retried: true },
  { name: 'reset in mid-body', read: () => ({ truncate: 60 }), write: () => ({ bytes: Buffer.from('{"status":"OK"}'), cut: 6 }), says: 'unreachable', announced: 'network', doubt: true },
  { name: 'time-out', read: () => ({ hang: true }), says: 'silent', doubt: true, hangs: true },
  { name: 'byte by byte', read: () => ({ drip: true }), answered: 'accepted' },
  { name: 'offline and back', cut: 'offline', says: 'unreachable', announced: 'network', doubt: true, retried: true },
  { name: '401 in mid-session', read: refused(401), says: 'token', announced: 401, asksToken: true },
  {
    name: '403',
    read: refused(403),
    says: 'forbidden',
    announced: 403,
    // Which of the two snip gives for a group that is not ours is not known: both are taken for the same.
    saysElse: { 'group on snip': 'gone' },
  },
  { name: '404', read: refused(404), says: 'gone', announced: 404 },
  { name: '409', read: refused(409), says: 'conflict', announced: 409 },
  { name: '429 with Retry-After', read: refused(429, { 'retry-after': '60' }), says: 'pauseOfAMinute', announced: 429 },
  { name: '429 without Retry-After', read: refused(429), says: 'pause', announced: 429 },
  { name: '500', read: refused(500), says: 'failed', announced: 500, doubt: true },
  { name: '502 with an HTML page', read: () => ({ status: 502, body: HTML, type: 'text/html' }), says: 'gateway', announced: 502, doubt: true, retried: true },
  { name: '200 with HTML', read: () => ({ html: true }), says: 'misread', doubt: true },
  { name: 'empty body', read: () => ({ bytes: Buffer.alloc(0) }), says: 'misread', answered: 'accepted' },
  {
    name: 'truncated JSON',
    read: () => ({ change: (text) => text.slice(0, text.length / 2) }),
    write: () => ({ bytes: Buffer.from('{"status":"O') }),
    says: 'misread',
    doubt: 'Instabase',
  },
  { name: 'wrong type at each field', odd: odd.wrongType, says: 'misread' },
  { name: 'null for each field', odd: odd.nullField, says: 'misread' },
  { name: 'unknown role', odd: odd.unknownRole, noWrite: 'an answer to a write holds no role that is relied on' },
  { name: 'list with one bad item', odd: odd.badItem, says: 'misread', noWrite: 'an answer to a write holds no list that is relied on' },
  { name: '10 MB of garbage', read: () => ({ bytes: GARBAGE }), says: 'misread', doubt: 'Instabase' },
  {
    name: 'arrays 10 000 deep',
    read: () => ({ bytes: deep('[', ']') }),
    says: 'misread',
    doubt: 'Instabase',
    // There a list has nothing around it: this is one, of one group that cannot be understood.
    saysElse: { 'list on snip': 'none' },
  },
  { name: 'objects 10 000 deep', read: () => ({ bytes: deep('{"status":', '}') }), says: 'misread', doubt: 'Instabase' },
  { name: 'duplicate keys', odd: odd.duplicateKeys, says: 'misread' },
  { name: 'lone surrogates', odd: odd.loneSurrogates, says: 'misread' },
  { name: 'control and bidirectional characters', odd: odd.controls },
  { name: 'redirect to another origin', read: ({ elsewhere }) => ({ status: 307, body: '', headers: { location: `${elsewhere}/taken` } }), says: 'redirected', doubt: true },
];
