import { describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { filesInTar, gunzip, TarError } from './tar';

async function archiveOf(files: Record<string, string>): Promise<Uint8Array> {
  const archive = pack();
  archive.entry({ name: 'report', type: 'directory' });
  for (const [name, text] of Object.entries(files)) archive.entry({ name }, text);
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

describe('an archive', () => {
  it('is unpacked into its files, whatever their lengths', async () => {
    const texts = {
      'report/empty': '',
      'report/one.txt': 'x',
      'report/full': 'y'.repeat(512),
      long: 'ø'.repeat(999),
    };
    const archive = await gunzip(new Blob([new Uint8Array(gzipSync(await archiveOf(texts)))]));
    const files = [...filesInTar(archive)].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]);
    expect(files).toEqual([
      ['empty', ''],
      ['one.txt', 'x'],
      ['full', 'y'.repeat(512)],
      ['long', 'ø'.repeat(999)],
    ]);
  });

  it('is refused where it is none, is cut, or holds a name twice', async () => {
    const archive = await archiveOf({ 'a/same': 'x', 'b/other': 'y' });
    expect(() => filesInTar(new Uint8Array(4_096).fill(65))).toThrow(TarError);
    expect(() => filesInTar(new Uint8Array(10))).toThrow(TarError);
    expect(() => filesInTar(archive.subarray(0, 1_100))).toThrow('the archive ends before its last file');
    const twice = await archiveOf({ 'a/same': 'x', 'b/same': 'y' });
    expect(() => filesInTar(twice)).toThrow('same is in the archive twice');
    await expect(gunzip(new Blob(['no gzip']))).rejects.toThrow();
  });
});
