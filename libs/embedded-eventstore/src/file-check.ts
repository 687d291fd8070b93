import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StoreFailure } from './failure';

/*
 * LMDB maps its file into memory and believes what it finds there: a file that was cut short does not give an error, it
 * ends the process. So the file is looked at once, by ordinary reads, before it is mapped: every page that the current
 * state leads to must lie in the file and be the page it claims to be. What pages claim is read from one end of the file
 * to the other, which is several times as fast as page by page in the order of the trees. Page and node layout are
 * LMDB's (mdb.c).
 */
const MAGIC = 0xbeefc0de;
const HEADER_BYTES = 24;
const FLAGS_AT = 18;
const LOWER_AT = 20;
const META_MAGIC_AT = HEADER_BYTES;
const META_FREE_TABLE_AT = HEADER_BYTES + 24;
const META_MAIN_TABLE_AT = HEADER_BYTES + 72;
const META_TRANSACTION_AT = HEADER_BYTES + 128;
const TABLE_DEPTH_AT = 6;
const TABLE_OVERFLOW_PAGES_AT = 24;
const TABLE_ROOT_AT = 40;
const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
const NODE_HEADER_BYTES = 8;
const NODE_ON_OVERFLOW_PAGE = 0x01;
const NODE_IS_TABLE = 0x02;
const NO_PAGE = 0xffffffffffffffffn;
const PAGE_SIZES_BYTES = [4096, 8192, 16_384, 32_768, 65_536];
const READ_AT_ONCE_BYTES = 1024 * 1024;

/**
 * Makes sure that the store's file is whole, as far as its pages go.
 *
 * @throws StoreFailure DAMAGED, naming the file and what is wrong with it
 */
export function checkFile(file: string): void {
  const handle = openSync(file, 'r');
  try {
    const pages = new PageFile(file, handle);
    pages.checkTable(pages.meta, META_MAIN_TABLE_AT, true);
    pages.checkTable(pages.meta, META_FREE_TABLE_AT, false);
  } catch (error) {
    // Numbers on a page that lead outside of it.
    if (error instanceof RangeError) throw damagedFile(file, 'its pages contradict themselves');
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** What the leaves of a table may lead to. */
interface TableKind {
  holdsTables: boolean;
  hasLargeValues: boolean;
}

class PageFile {
  readonly meta: Buffer;
  private readonly pageBytes: number;
  private readonly fileBytes: number;
  /** What each page of the file claims to be; 0 where it claims to be another one. */
  private readonly kinds: Uint8Array;

  constructor(
    private readonly file: string,
    private readonly handle: number,
  ) {
    this.fileBytes = fstatSync(handle).size;
    const start = this.read(0, META_TRANSACTION_AT + 8);
    if (start.readUInt32LE(META_MAGIC_AT) !== MAGIC) throw this.damaged('it is not a store');
    this.pageBytes = start.readUInt32LE(META_FREE_TABLE_AT);
    if (!PAGE_SIZES_BYTES.includes(this.pageBytes))
      throw this.damaged('its first page is not what it should be');
    const other = this.read(this.pageBytes, META_TRANSACTION_AT + 8);
    if (other.readUInt32LE(META_MAGIC_AT) !== MAGIC)
      throw this.damaged('its second page is not what it should be');
    const isOtherNewer =
      other.readBigUInt64LE(META_TRANSACTION_AT) > start.readBigUInt64LE(META_TRANSACTION_AT);
    this.meta = isOtherNewer ? other : start;
    this.kinds = this.readKinds();
  }

  private readKinds(): Uint8Array {
    const kinds = new Uint8Array(Math.ceil(this.fileBytes / this.pageBytes));
    const bytes = Buffer.allocUnsafe(Math.max(READ_AT_ONCE_BYTES, this.pageBytes));
    for (let from = 0; from < this.fileBytes; from += bytes.length) {
      const readBytes = readSync(this.handle, bytes, 0, bytes.length, from);
      for (let at = 0; at + HEADER_BYTES <= readBytes; at += this.pageBytes) {
        const pageNumber = (from + at) / this.pageBytes;
        // Page numbers have eight bytes, of which a file on any disk needs six.
        if (bytes.readUIntLE(at, 6) === pageNumber) kinds[pageNumber] = bytes.readUInt16LE(at + FLAGS_AT);
      }
    }
    return kinds;
  }

  /** Walks the tree of the table that is described in `bytes`; `holdsTables`: and those of the tables it holds. */
  checkTable(bytes: Buffer, at: number, holdsTables: boolean): void {
    const root = bytes.readBigUInt64LE(at + TABLE_ROOT_AT);
    const depth = bytes.readUInt16LE(at + TABLE_DEPTH_AT);
    const hasLargeValues = bytes.readBigUInt64LE(at + TABLE_OVERFLOW_PAGES_AT) > 0n;
    if (root !== NO_PAGE) this.checkTree(Number(root), depth, { holdsTables, hasLargeValues });
  }

  private checkTree(pageNumber: number, depth: number, table: TableKind): void {
    if (depth > 1) {
      const page = this.readPage(pageNumber, BRANCH);
      for (const node of nodesOf(page)) this.checkTree(page.readUIntLE(node, 6), depth - 1, table);
      return;
    }
    // What a leaf holds is checked when it is read; here, that it is there and that what it leads to is.
    this.checkPage(pageNumber, LEAF);
    if (!table.holdsTables && !table.hasLargeValues) return;
    const page = this.readPage(pageNumber, LEAF);
    for (const node of nodesOf(page)) {
      const flags = page.readUInt16LE(node + 4);
      const value = node + NODE_HEADER_BYTES + page.readUInt16LE(node + 6);
      if ((flags & NODE_IS_TABLE) !== 0) this.checkTable(page, value, false);
      else if ((flags & NODE_ON_OVERFLOW_PAGE) !== 0) this.checkOverflow(Number(page.readBigUInt64LE(value)));
    }
  }

  private checkOverflow(pageNumber: number): void {
    const pages = this.readPage(pageNumber, OVERFLOW).readUInt32LE(LOWER_AT);
    if ((pageNumber + pages) * this.pageBytes > this.fileBytes) throw this.damaged('it ends too early');
  }

  private readPage(pageNumber: number, kind: number): Buffer {
    this.checkPage(pageNumber, kind);
    return this.read(pageNumber * this.pageBytes, this.pageBytes);
  }

  private checkPage(pageNumber: number, kind: number): void {
    const claimed = this.kinds[pageNumber];
    if (claimed == null || (pageNumber + 1) * this.pageBytes > this.fileBytes)
      throw this.damaged('it ends too early');
    if ((claimed & kind) === 0) throw this.damaged(`page ${pageNumber} is not what it should be`);
  }

  private read(at: number, lengthBytes: number): Buffer {
    const bytes = Buffer.allocUnsafe(lengthBytes);
    if (readSync(this.handle, bytes, 0, lengthBytes, at) < lengthBytes)
      throw this.damaged('it ends too early');
    return bytes;
  }

  private damaged(reason: string): StoreFailure {
    return damagedFile(this.file, reason);
  }
}

function damagedFile(file: string, reason: string): StoreFailure {
  return new StoreFailure('DAMAGED', `The store's file ${file} is damaged: ${reason}`);
}

/** Where a page's nodes begin. */
function nodesOf(page: Buffer): number[] {
  const count = page.readUInt16LE(LOWER_AT) >> 1;
  return Array.from(
    { length: count },
    (_, index) => HEADER_BYTES + page.readUInt16LE(HEADER_BYTES + 2 * index),
  );
}
