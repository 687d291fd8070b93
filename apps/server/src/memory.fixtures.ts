import { readFile } from 'node:fs/promises';

/** Memory of a process that is no file's, in MB. */
export async function processMemoryMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}

/** What the server's heap holds, in MB, by its own metrics: the least of several looks, so that garbage does not count for much. */
export async function heapMegabytes(url: string, token: string, looks = 20): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < looks; look += 1) {
    const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    const [, bytes] = /^nodejs_heap_size_used_bytes (\S+)$/m.exec(await response.text()) ?? [];
    least = Math.min(least, Number(bytes) / 1_048_576);
  }
  return least;
}
