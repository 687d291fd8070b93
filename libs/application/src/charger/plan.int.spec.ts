import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PlanCommand } from '@chargebook/domain';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, nodeOn, startBook, verdictOn } from '../write-side.fixtures';
import { anId, buildYard } from '../yard.fixtures';

let book: Book;
let node: WriteSide;

beforeAll(async () => {
  book = await startBook();
  node = nodeOn(book.store);
});
afterAll(async () => {
  await book.stop();
});

const nightly = (charger: string, timeZone?: string): PlanCommand => ({
  type: 'setChargePlan',
  charger,
  kind: 'RECURRING',
  timeZone,
  windows: [{ start: '22:00', stop: '06:00' }],
});

async function mountedCharger(): Promise<string> {
  const { chargers, backplates } = await buildYard(node);
  const [charger, backplate] = [chargers[0], backplates[0]];
  accepted(await node.move({ type: 'mountCharger', charger, backplate }));
  return charger;
}

describe('setChargePlan', () => {
  it('keeps the zone that it names, or that of the site as it is now', async () => {
    const { site, chargers, backplates } = await buildYard(node);
    const [charger, backplate] = [chargers[0], backplates[0]];
    const other = nodeOn(book.store);
    expect(verdictOn(await node.plan(nightly(charger)))).toBe('ZONE_REQUIRED');
    expect(accepted(await node.plan(nightly(charger, 'Asia/Tokyo'))).facts[0]?.data).toMatchObject({
      timeZone: 'Asia/Tokyo',
    });
    accepted(await node.move({ type: 'mountCharger', charger, backplate }));
    accepted(await other.site({ type: 'setSiteTimeZone', site, timeZone: 'Europe/Helsinki' }));

    expect(accepted(await node.plan(nightly(charger))).facts[0]?.data).toMatchObject({
      timeZone: 'Europe/Helsinki',
    });
  });

  it('is refused for what is no plan, and for an unknown charger', async () => {
    const charger = await mountedCharger();
    const empty: PlanCommand = { ...nightly(charger), windows: [] } as PlanCommand;
    expect(verdictOn(await node.plan(empty))).toBe('INVALID_PLAN');
    expect(verdictOn(await node.plan(nightly(charger, 'Mars/Olympus')))).toBe('INVALID_TIME_ZONE');
    expect(verdictOn(await node.plan(nightly(anId('unknown'), 'Europe/Oslo')))).toBe('NOT_FOUND');
  });
});

describe('removeChargePlan', () => {
  it('is recorded once', async () => {
    const charger = await mountedCharger();
    accepted(await node.plan(nightly(charger)));
    const remove: PlanCommand = { type: 'removeChargePlan', charger };

    expect(verdictOn(await node.plan(remove))).toBe('RECORDED');
    expect(verdictOn(await nodeOn(book.store).plan(remove))).toBe('NOTHING_TO_DO');
  });
});

describe('overrideSchedule', () => {
  it('needs a session and a plan, and names the session', async () => {
    const charger = await mountedCharger();
    const override: PlanCommand = { type: 'overrideSchedule', charger };
    expect(verdictOn(await node.plan(override))).toBe('NO_ONGOING_SESSION');
    await node.observe([{ charger, kind: 'CAR_CONNECTED', occurredAt: node.clock.now, sessionId: 'A' }]);
    expect(verdictOn(await node.plan(override))).toBe('NO_ACTIVE_PLAN');
    accepted(await node.plan(nightly(charger)));

    expect(accepted(await node.plan(override)).facts[0]?.data).toEqual({ charger, session: 'A' });
  });

  it('is refused for a charger that is operated over OCPP, before all else', async () => {
    const charger = await mountedCharger();
    accepted(await node.charger({ type: 'setChargerProtocol', charger, protocol: 'OCPP' }));
    expect(verdictOn(await node.plan({ type: 'overrideSchedule', charger }))).toBe('CHANNEL_UNSUPPORTED');
  });
});
