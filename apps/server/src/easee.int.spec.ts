import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import { chargebook, cleanUp, ServerProcess } from './server-process.fixtures';

const answers = fileURLToPath(new URL('../../../tools/cli/fixtures/easee', import.meta.url));
const realAnswers = fileURLToPath(new URL('../../../../shared/data/easee', import.meta.url));

describe('a fleet as the Easee cloud tells it', () => {
  let server: ServerProcess;
  let book: Book;

  beforeAll(async () => {
    server = await ServerProcess.start();
    book = new Book(server);
  }, 60_000);

  afterAll(cleanUp);

  const importFrom = (folder: string) =>
    chargebook(server, 'import', 'easee', folder, '--time-zone', 'Europe/Oslo');

  it('is recorded, with what each charger may deliver and why', async () => {
    const said = await importFrom(answers);
    expect(said).toMatchObject({ code: 3, stderr: '' });
    expect(said.stdout).not.toContain('refused');
    await book.caughtUp();
    const asked = await book.query(`{
      site(id: "easee-7001") { gridType timeZone circuits { id parent { id } primaryBackplate { id } } }
      primary: charger(serial: "TU0001") { placement { backplateId circuitId }
        effectiveLimit(at: "2024-07-02T00:00:00Z") { amps sources { kind amps { l3 } inForce } } }
      other: charger(serial: "TU0002") { enabled online phaseMode(at: "2024-07-02T00:00:00Z") placement { backplateId } }
      loose: charger(serial: "TU0003") { placement { backplateId } } }`);
    expect(asked).toMatchObject({
      site: {
        gridType: 'IT',
        timeZone: 'Europe/Oslo',
        circuits: [
          { id: 'easee-501', parent: null, primaryBackplate: null },
          { id: 'easee-502', parent: { id: 'easee-501' }, primaryBackplate: { id: 'PLATE-A' } },
        ],
      },
      primary: {
        placement: { backplateId: 'PLATE-A', circuitId: 'easee-502' },
        effectiveLimit: {
          amps: 16,
          sources: expect.arrayContaining([
            { kind: 'MAX_CIRCUIT', amps: { l3: 20 }, inForce: true },
            { kind: 'DYNAMIC_CIRCUIT', amps: { l3: 24 }, inForce: true },
            { kind: 'OFFLINE_FALLBACK', amps: { l3: 6 }, inForce: false },
          ]),
        },
      },
      other: { enabled: false, online: false, phaseMode: 'LOCKED_1', placement: { backplateId: 'PLATE-B' } },
      loose: { placement: null },
    });
  });

  it('is recorded once, however often it is imported', async () => {
    const head = await book.head();
    expect(await importFrom(answers)).toMatchObject({ code: 3 });
    await book.caughtUp();
    expect(await book.head()).toBe(head);
  });

  it('takes the real answers, where they are at hand', async () => {
    if (!existsSync(path.join(realAnswers, 'site-state.json'))) {
      process.stderr.write('The real answers of the Easee cloud are not at hand: not imported.\n');
      return;
    }
    const said = await importFrom(realAnswers);
    expect(said.stdout).toMatch(/told +16 facts/);
    expect(said.stdout).not.toContain('refused');
  });
});
