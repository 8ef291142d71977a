// What the screen says of a failure, by its class: the sentence that stands alone, and what stands in one about a write.

/** What the server says of itself where it says something; it echoes the token, which must not come out again. */
export const WORDS = 'Not on Sundays';

/** Of a read, or of a write that was refused. */
export const SENTENCES = {
  unreachable: /The server could not be reached\. Check that you are online and that its address is right, then try again\./,
  silent: /The server said nothing for 15 seconds\. It may be busy or out of reach; try again\./,
  token: /The server does not accept this token\..*The server says: “Not on Sundays/,
  forbidden: /Your account may not do this\. Ask somebody who has the right to\. The server says: “Not on Sundays/,
  gone: /This is gone, or it is not yours to see\..*The server says: “Not on Sundays/,
  conflict: /Something of that name exists already, or it was changed meanwhile\..*The server says: “Not on Sundays/,
  pauseOfAMinute: /The server asks for a pause\. Try again in 60 seconds\./,
  pause: /The server asks for a pause\. Wait a little, then try again\./,
  failed: /The server failed \(HTTP 500\)\. Try again; if it goes on, tell whoever runs it\. The server says: “Not on Sundays/,
  gateway: /The server failed \(HTTP 502\)\. Try again; if it goes on, tell whoever runs it\./,
  misread: /The reply was not understood: expected /,
  redirected: /The reply was not understood: expected an answer at this address \(a redirect to another one, which is not followed with a token\)/,
};

/** Half a sentence of what came instead of a write's answer. */
export const BRIEF = {
  unreachable: 'the server could not be reached',
  silent: 'the server said nothing for 15 seconds',
  token: 'the server does not accept the token',
  forbidden: 'the server does not permit it',
  gone: 'the server does not find it',
  conflict: 'it was changed meanwhile',
  pauseOfAMinute: 'the server asks for a pause',
  pause: 'the server asks for a pause',
  failed: 'the server failed \\(HTTP 500\\)',
  gateway: 'the server failed \\(HTTP 502\\)',
  misread: 'its answer was not understood',
  redirected: 'its answer was not understood',
};

/** A write that a look afterwards does not show. */
export const notDone = (says) => new RegExp(`Not done: ${BRIEF[says]}, and a look at the server afterwards does not show the change\\. Try again\\.`, 'i');
/** A write of which nobody knows. */
export const notKnown = (says) => new RegExp(`It is not known whether this was done: ${BRIEF[says]}\\. Look again before you repeat it\\.`);
/** A write that the server called done and that a look does not show. */
export const saidOnly = /the server said that (this|it) was done, but a look (at it )?afterwards does not show it/i;
