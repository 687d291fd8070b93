// Verifies a report of Chargebook, without Chargebook: no other file is needed, and nothing is asked of anybody.
//
//   node verify.mjs [DIRECTORY] --key NAME+ID+KEY [--witness NAME+ID+KEY]
//
// DIRECTORY is an unpacked bundle; without it, the one in which this script lies. --key is the book's key as you know it from
// elsewhere, from a witness or from an earlier report: a key that comes with the bundle proves nothing. Exit codes:
//
//   0  everything holds, and it is signed by a key that you named
//   1  something does not hold: each finding says where
//   2  it could not be verified: files are missing or cannot be read, or the call is wrong
//   3  everything holds, but you have named no key: anybody could have signed it
//
// What is verified, in this order:
//
//   signatures   the checkpoint and the manifest are signed by the book, and the checkpoint by the witnesses that you named
//   files        have the lengths and hashes that the manifest says
//   entries      each fact has the hash that its head says; facts lie inside the span of the report, omitted ones outside
//   chain        the facts that name the report's thing are numbered 1, 2, 3, ... without a gap
//   tree         all heads, with the hashes of what is not in the report, make the root that the checkpoint says (RFC 6962)
//
// What this cannot tell: whether something happened that was never recorded; and whether the lines that are worked out of
// the facts (placements, limits, sessions, ...) were worked out rightly. They are signed with the rest: the book stands for them.

/**
 * @typedef {object} Bundle
 * @property {(name: string) => Iterable<Uint8Array> | undefined} open gives the bytes of a file; undefined where there is none
 *
 * @typedef {object} Cryptography
 * @property {(whole: string | Uint8Array) => Uint8Array} hash SHA-256
 * @property {() => { update(part: Uint8Array): unknown, digest(): Uint8Array }} hasher the same, of what comes in parts
 * @property {(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>} isSigned by Ed25519
 *
 * @typedef {object} Finding
 * @property {string} where
 * @property {string} what
 */

/** The bundle cannot be read as one. */
export class CannotVerifyError extends Error {}

/**
 * Verifies a bundle.
 *
 * @param {Bundle} bundle
 * @param {{ keys?: string[], witnesses?: string[] }} trusted as `name+id+key`
 * @param {Cryptography} cryptography
 * @throws {CannotVerifyError}
 */
export async function verifyBundle(bundle, { keys = [], witnesses = [] }, cryptography) {
  const findings = [];
  const found = (where, what) => findings.push({ where, what });
  const note = parseNote(readText(bundle, 'checkpoint'));
  const checkpoint = checkpointOf(note);
  const manifestText = readText(bundle, 'manifest.json');
  const manifest = manifestOf(manifestText);
  const known = await trustedKeys(bundle, checkpoint.origin, keys, cryptography, found);
  await verifyCheckpoint(note, checkpoint, known, witnesses, cryptography, found);
  await verifyManifest(bundle, manifestText, known, cryptography, found);
  verifyFiles(bundle, manifest, cryptography, found);
  const entries = verifyEntries(bundle, manifest, checkpoint, cryptography, found);
  return { findings, isKeyNamed: keys.length > 0, checkpoint, manifest, entries };
}

// ---- signatures ----------------------------------------------------------------------------------------------------
//
// A signed note is a text, an empty line, and lines of the form "— name base64(id signature)". A key reads
// name+id+base64(kind key), where the id is the beginning of SHA-256(name, line feed, kind, key).

const BOOK = 1;
const WITNESS = 4;

/**
 * The keys by which the book may have signed: those that you named, and those that they have signed over to. Without any, those
 * that the bundle brings along.
 */
async function trustedKeys(bundle, origin, named, tools, found) {
  const keys = named.map((key) => parseKey(key, tools)).filter((key) => key.name === origin);
  if (named.length > 0 && keys.length === 0)
    found('checkpoint', `it is of ${origin}: you have named no key of it`);
  for (const note of splitNotes(readText(bundle, 'keys')).map(parseNote)) {
    const next = parseKey(/^next-key (\S+)$/m.exec(note.text)?.[1] ?? '', tools);
    const mayIntroduce = named.length === 0 && keys.length === 0 ? [next] : keys;
    const isIntroduced = next.name === origin && (await isSignedBy(note, [next], tools));
    if (isIntroduced && (await isSignedBy(note, mayIntroduce, tools))) keys.push(next);
  }
  return keys;
}

async function verifyCheckpoint(note, { origin }, keys, witnesses, tools, found) {
  if (!(await isSignedBy(note, keys, tools)))
    found('checkpoint', `it is not signed by a key of ${origin} that can be trusted`);
  for (const witness of witnesses.map((key) => parseKey(key, tools)))
    if (!(await isSignedBy(note, [witness], tools)))
      found('checkpoint', `${witness.name} has not witnessed it`);
}

/** The note beside the manifest is signed by the book, and says which manifest it means. */
async function verifyManifest(bundle, manifest, keys, tools, found) {
  const note = parseNote(readText(bundle, 'manifest.note'));
  if (!(await isSignedBy(note, keys, tools)))
    found('manifest.note', 'it is not signed by a key of the book that can be trusted');
  if (note.text.split('\n')[2] !== hex(tools.hash(manifest)))
    found('manifest.json', 'it is not the manifest that was signed');
}

function manifestOf(text) {
  const { report, digest, chain, files } = parseJson(text, 'manifest.json') ?? {};
  if (report?.scope == null || !Array.isArray(files))
    throw new CannotVerifyError('manifest.json is not a manifest');
  return { report, digest, chain, files };
}

async function isSignedBy(note, keys, { isSigned }) {
  for (const key of keys) {
    for (const { name, bytes } of note.signatures) {
      if (name !== key.name || !isSame(bytes.subarray(0, 4), key.id)) continue;
      const seconds =
        key.kind === WITNESS ? new DataView(bytes.buffer, bytes.byteOffset + 4).getBigUint64(0) : undefined;
      const message = seconds == null ? note.text : `cosignature/v1\ntime ${seconds}\n${note.text}`;
      const signature = bytes.subarray(seconds == null ? 4 : 12);
      if (signature.length === 64 && (await isSigned(key.publicKey, encode(message), signature))) return true;
    }
  }
  return false;
}

function parseKey(text, { hash }) {
  const [name, id, ...rest] = text.split('+');
  const bytes = fromBase64(rest.join('+'));
  const kind = bytes[0];
  const key = {
    name,
    kind,
    publicKey: bytes.subarray(1),
    id: hash(joined(encode(`${name}\n`), bytes)).subarray(0, 4),
  };
  if (bytes.length !== 33 || (kind !== BOOK && kind !== WITNESS) || hex(key.id) !== id)
    throw new CannotVerifyError(`${JSON.stringify(text)} is not a key: it reads NAME+ID+KEY`);
  return key;
}

function parseNote(note) {
  const end = note.lastIndexOf('\n\n');
  const lines = note
    .slice(end + 2, -1)
    .split('\n')
    .map((line) => /^\u2014 (\S+) (\S+)$/.exec(line));
  if (end < 0 || lines.includes(null)) throw new CannotVerifyError('a signed note cannot be read');
  const signatures = lines.map(([, name, bytes]) => ({ name, bytes: fromBase64(bytes) }));
  return { text: note.slice(0, end + 1), signatures };
}

/** Several notes, one after the other. */
function splitNotes(text) {
  return text.split(/(?<=\n\u2014 .*\n)(?!\u2014 )/).filter((note) => note !== '');
}

function checkpointOf({ text }) {
  const [origin, size, root] = text.split('\n');
  if (!/^\d+$/.test(size) || fromBase64(root).length !== 32)
    throw new CannotVerifyError('it is not a checkpoint');
  return { origin, size: Number(size), root: fromBase64(root) };
}

// ---- files ---------------------------------------------------------------------------------------------------------

function verifyFiles(bundle, { files }, { hasher }, found) {
  for (const { name, bytes, sha256: expected } of files) {
    const parts = bundle.open(name);
    if (parts == null) {
      found(name, 'the file is missing');
      continue;
    }
    const hash = hasher();
    let length = 0;
    for (const part of parts) {
      length += part.length;
      hash.update(part);
    }
    if (length !== bytes) found(name, `it has ${length} bytes instead of ${bytes}`);
    else if (hex(hash.digest()) !== expected) found(name, 'it is not the file that the manifest names');
  }
}

// ---- entries, chain and tree ---------------------------------------------------------------------------------------

/**
 * Goes through the report and the proof side by side. The fact with sequence n is the leaf at n - 1; whatever lies between two
 * facts of the report is a number of complete subtrees, of which the proof has the hashes.
 *
 * @returns how many facts there are in the report
 */
function verifyEntries(bundle, manifest, checkpoint, tools, found) {
  const tree = new Tree(tools.hash);
  const proof = new Proof(bundle, tree, found);
  const digest = new Digest(tools.hasher());
  const { scope, from, to, asOfSequence } = manifest.report;
  const chain = new Chain(scope, found);
  const span = { from: instant(from), to: instant(to), asOfSequence, scope };
  let [entries, isOver, number] = [0, false, 0];
  let where = 'report.jsonl';

  const take = (line) => {
    const item = parseJson(line, where);
    // Each member is written once: to compare the line with, and for the hashes of what it holds.
    const written = membersOf(item);
    if (objectOf(written) !== line) found(where, 'it is not canonical JSON');
    if (isOver) found(where, 'something comes after the end');
    if (number === 1) verifyHeader(item, manifest, checkpoint, where, found);
    if (item.kind === 'fact' || item.kind === 'omitted') {
      where += `: sequence ${item.head.sequence}`;
      digest.add(line);
      entries += 1;
      if (item.kind === 'fact' && hex(tools.hash(written.get('content'))) !== item.head.content)
        found(where, 'the fact does not have the hash that its head says');
      verifySpan(item, span, where, found);
      chain.take(item.head, where);
      proof.leaf(item.head.sequence - 1, tools.hash(LEAF + written.get('head')), where);
    } else if (item.kind === 'end') {
      isOver = true;
      if (item.facts !== entries) found(where, `it has ${entries} facts instead of ${item.facts}`);
    }
  };

  try {
    for (const line of linesOf(bundle, 'report.jsonl')) {
      number += 1;
      where = `report.jsonl, line ${number}`;
      take(line);
    }
    if (!isOver) found('report.jsonl', 'the end is missing');
    where = 'proof.jsonl';
    proof.end(checkpoint.size);
  } catch (error) {
    found(where, `it cannot be read: ${error.message}`);
  }
  chain.end(manifest.chain);
  if (hex(digest.end()) !== manifest.digest)
    found('report.jsonl', 'the facts do not have the digest of the manifest');
  if (!isSame(tree.root, checkpoint.root))
    found('checkpoint', 'the entries and the proof do not make its root');
  return entries;
}

const FORMATS = ['chargebook-report/1', 'chargebook-report/2'];

function verifyHeader(header, manifest, { origin, size }, where, found) {
  if (header.kind !== 'report' || !FORMATS.includes(header.format))
    found(where, `it is not the beginning of a report of format ${FORMATS.join(' or ')}`);
  if (canonical(header) !== canonical(manifest.report))
    found(where, 'it is not the report that the manifest describes');
  if (header.book !== origin) found(where, `it is of ${header.book}, and the checkpoint of ${origin}`);
  if (header.asOfSequence > size)
    found(where, `it is cut at ${header.asOfSequence}, after the checkpoint's ${size}`);
}

/** What a place was reserved for says where a charger came from: that is withheld from those who have the place alone, and says so. */
function verifySpan({ kind, head, withheld }, { from, to, asOfSequence, scope }, where, found) {
  const at = head.occurredAt == null ? undefined : instant(head.occurredAt);
  const isInside = at == null || (at >= from && at < to);
  if (head.sequence > asOfSequence) found(where, 'it comes after the cut of the report');
  if (kind === 'omitted' && isInside && !(withheld === true && scope.backplate != null))
    found(where, 'it was omitted, although it happened inside the span');
  if (kind === 'fact' && !isInside) found(where, 'it happened outside the span');
}

/** The hash of some lines, many at a time. */
class Digest {
  constructor(hash) {
    Object.assign(this, { hash, lines: '' });
  }

  add(line) {
    this.lines += `${line}\n`;
    if (this.lines.length >= PIECE_BYTES) this.flush();
  }

  flush() {
    this.hash.update(encode(this.lines));
    this.lines = '';
  }

  end() {
    this.flush();
    return this.hash.digest();
  }
}

/** The facts that name a thing are numbered; in a report of the whole book, all facts are. */
class Chain {
  constructor(scope, found) {
    const [kind, id] = Object.entries(scope)[0];
    Object.assign(this, { found, last: 0, thing: kind === 'book' ? undefined : `${kind}:${id}` });
  }

  take(head, where) {
    const number = this.thing == null ? head.sequence : head.things[this.thing];
    // Facts of others are there too: of a charger, in the report of the place where it hung.
    if (number == null) return;
    if (number !== this.last + 1)
      this.found(where, `it is number ${number} of ${this.name}, after number ${this.last}`);
    this.last = number;
  }

  end(length) {
    if (this.last !== length)
      this.found('report.jsonl', `it ends with number ${this.last} of ${this.name}, not with ${length}`);
  }

  get name() {
    return this.thing ?? 'the book';
  }
}

/** The hashes of all leaves and of the subtrees between them, in order: whatever is not in the report is one of these. */
class Proof {
  constructor(bundle, tree, found) {
    Object.assign(this, { tree, found, number: 0, lines: linesOf(bundle, 'proof.jsonl') });
  }

  /** Adds a leaf of the report to the tree, after all that stands before it. */
  leaf(index, hash, where) {
    if (index < this.tree.size)
      return this.found(where, 'it is not in its place, or another one has the same');
    this.upTo(index, where);
    const told = this.next();
    if (told == null || told.level !== 0 || told.index !== index)
      this.found(where, `the proof does not have it there: see ${this.place}`);
    else if (!isSame(fromBase64(told.hash), hash)) this.found(where, 'its head is not the one in the tree');
    this.tree.append(hash);
  }

  /** Adds the subtrees before a place. */
  upTo(index, where) {
    while (this.tree.size < index) {
      const told = this.next();
      const begins = told == null ? undefined : told.index * 2 ** told.level;
      if (begins !== this.tree.size || begins + 2 ** told.level > index) {
        this.found(
          where,
          `of what stands before it, sequence ${this.tree.size + 1} is missing: see ${this.place}`,
        );
        // What comes after has its own place all the same, so that of each it is said what is wrong with it.
        return this.tree.skipTo(index);
      }
      this.tree.append(fromBase64(told.hash), told.level);
    }
  }

  end(size) {
    this.upTo(size, 'proof.jsonl');
    if (this.next() != null) this.found(this.place, 'there is more than belongs there');
  }

  next() {
    const { value, done } = this.lines.next();
    this.number += 1;
    return done ? undefined : parseJson(value, this.place);
  }

  get place() {
    return `proof.jsonl, line ${this.number}`;
  }
}

// RFC 6962, 2.1: what is hashed as a leaf can never be taken for a node.
const LEAF = '\u0000';
const NODE = Uint8Array.of(1);

/** A tree that grows from the left by complete subtrees. It keeps its right edge: few hashes, whatever its size. */
class Tree {
  constructor(hash) {
    Object.assign(this, { hash, size: 0, edge: [] });
  }

  append(hash, level = 0) {
    let grown = { level, hash };
    while (this.edge.at(-1)?.level === grown.level)
      grown = { level: grown.level + 1, hash: this.nodeHash(this.edge.pop().hash, grown.hash) };
    this.edge.push(grown);
    this.size += 2 ** level;
  }

  /** Goes on at a place although something is missing. Its root is wrong from then on. */
  skipTo(size) {
    this.size = size;
    this.edge.push({ level: -1, hash: NODE });
  }

  nodeHash(left, right) {
    return this.hash(joined(NODE, left, right));
  }

  get root() {
    if (this.edge.length === 0) return this.hash('');
    return this.edge.map(({ hash }) => hash).reduceRight((right, left) => this.nodeHash(left, right));
  }
}

// ---- reading -------------------------------------------------------------------------------------------------------

/** JSON as RFC 8785 wants it: no white space, names in order. */
function canonical(value) {
  if (isInOrder(value)) return JSON.stringify(value);
  return Array.isArray(value) ? `[${value.map(canonical).join(',')}]` : objectOf(membersOf(value));
}

/** The members of an object in their order, each written as canonical JSON. */
function membersOf(value) {
  const names = Object.keys(value).sort();
  return new Map(names.map((name) => [name, canonical(value[name])]));
}

function objectOf(members) {
  let text = '';
  for (const [name, value] of members) text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${value}`;
  return text === '' ? '{}' : `${text}}`;
}

/** Whether all names stand in order already: then the engine writes it several times as fast. */
function isInOrder(value) {
  if (value == null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before = '';
  for (const name in value) {
    if (name < before || !isInOrder(value[name])) return false;
    before = name;
  }
  return true;
}

function readText(bundle, name) {
  const parts = bundle.open(name);
  if (parts == null) throw new CannotVerifyError(`${name} is missing`);
  const decoder = new TextDecoder();
  let text = '';
  for (const part of parts) text += decoder.decode(part, { stream: true });
  return text + decoder.decode();
}

function* linesOf(bundle, name) {
  const parts = bundle.open(name);
  if (parts == null) throw new CannotVerifyError(`${name} is missing`);
  const decoder = new TextDecoder();
  let rest = '';
  for (const part of parts) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== '') throw new CannotVerifyError(`${name} ends in the middle of a line`);
}

function parseJson(text, where) {
  try {
    return JSON.parse(text);
  } catch {
    throw new CannotVerifyError(`${where} is not JSON`);
  }
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** So much is read and hashed at a time. */
const PIECE_BYTES = 65_536;
const encoder = new TextEncoder();
const encode = (text) => encoder.encode(text);
const instant = (text) => new Date(text).getTime();

function isSame(one, other) {
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return one.length === other.length;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(bytes) {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

function fromBase64(text) {
  let binary;
  try {
    binary = atob(text ?? '');
  } catch {
    return new Uint8Array();
  }
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

// ---- the command ---------------------------------------------------------------------------------------------------

/** @returns {Promise<number>} the exit code */
async function main(args) {
  const { createHash, createPublicKey, hash, verify } = await import('node:crypto');
  const { closeSync, existsSync, openSync, readSync } = await import('node:fs');
  const { dirname, join } = await import('node:path');
  const { fileURLToPath } = await import('node:url');
  const { parseArgs } = await import('node:util');
  function* piecesOf(file) {
    const [handle, buffer] = [openSync(file), new Uint8Array(PIECE_BYTES)];
    try {
      for (let length = readSync(handle, buffer); length > 0; length = readSync(handle, buffer))
        yield buffer.subarray(0, length);
    } finally {
      closeSync(handle);
    }
  }
  const cryptography = {
    hash: (whole) => hash('sha256', whole, 'buffer'),
    hasher: () => createHash('sha256'),
    isSigned: (publicKey, message, signature) => {
      const x = Buffer.from(publicKey).toString('base64url');
      const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
      return verify(null, message, key, signature);
    },
  };
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { key: { type: 'string', multiple: true }, witness: { type: 'string', multiple: true } },
    });
    const directory = positionals[0] ?? dirname(fileURLToPath(import.meta.url));
    const open = (name) => (existsSync(join(directory, name)) ? piecesOf(join(directory, name)) : undefined);
    const trusted = { keys: values.key, witnesses: values.witness };
    const { findings, isKeyNamed, checkpoint, manifest, entries } = await verifyBundle(
      { open },
      trusted,
      cryptography,
    );
    for (const { where, what } of findings) console.log(`${where}: ${what}`);
    if (findings.length > 0) return 1;
    const { from, to, asOfSequence } = manifest.report;
    console.log(
      `It holds: ${entries} facts, from ${from} to ${to}, as the book had them at ${asOfSequence}.`,
    );
    console.log(`They stand in ${checkpoint.origin}, in the tree of ${checkpoint.size} facts.`);
    if (isKeyNamed) return 0;
    console.log('But you have named no key (--key): anybody could have signed this.');
    return 3;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
}

if (typeof process !== 'undefined' && process.argv[1] != null) {
  const { pathToFileURL } = await import('node:url');
  if (import.meta.url === pathToFileURL(process.argv[1]).href)
    process.exitCode = await main(process.argv.slice(2));
}
