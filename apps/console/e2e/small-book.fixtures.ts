import type { TestServer } from './server.fixtures';

/** Two sites, three circuits, six places, four chargers, one of them with a life of six years. */
export async function tellSmallBook(server: TestServer): Promise<void> {
  const built = '2020-01-06T08:00:00Z';
  for (const [site, name, zone] of [
    ['harbour', 'Harbour garage', 'Europe/Oslo'],
    ['mall', 'Lakeside mall', 'Europe/Berlin'],
  ] as const) {
    await server.record(
      `registerSite(input: { id: "${site}", name: "${name}", timeZone: "${zone}", ratedCurrentAmps: 63 })`,
      built,
    );
    await server.record(
      `addCircuit(input: { id: "${site}-c1", site: "${site}", name: "Row 1", fuseRatingAmps: 32 })`,
      built,
    );
    for (const bay of [1, 2, 3])
      await server.record(
        `installBackplate(input: { id: "${site}-${String(bay)}", circuit: "${site}-c1", label: "Bay ${String(bay)}" })`,
        built,
      );
    await server.record(
      `designatePrimaryBackplate(input: { circuit: "${site}-c1", backplate: "${site}-1" })`,
      built,
    );
  }
  for (const n of [1, 2, 3, 4])
    await server.record(
      `registerCharger(input: { serial: "CB-${String(n)}", model: "Wallbox 22", ratedCurrentAmps: 32 })`,
      built,
    );
  await server.record(
    'mountCharger(input: { charger: "CB-1", backplate: "harbour-1" })',
    '2020-01-07T08:00:00Z',
  );
  await server.record(
    'mountCharger(input: { charger: "CB-2", backplate: "harbour-2" })',
    '2020-01-07T09:00:00Z',
  );
  await server.record(
    'mountCharger(input: { charger: "CB-3", backplate: "mall-1" })',
    '2020-01-07T10:00:00Z',
  );
  await server.record(
    'relocateCharger(input: { charger: "CB-1", backplate: "mall-2" })',
    '2022-05-04T10:00:00Z',
  );
  await server.record('setMaxChargerCurrent(input: { charger: "CB-1", amps: 16 })', '2023-02-01T10:00:00Z');
  const sessions = Array.from({ length: 40 }, (_, week) => {
    const start = Date.parse('2023-03-01T16:00:00Z') + week * 7 * 86_400_000;
    const at = (hours: number) => new Date(start + hours * 3_600_000).toISOString();
    return `{ charger: "CB-1", kind: CAR_CONNECTED, occurredAt: "${at(0)}" }
      { charger: "CB-1", kind: CAR_DISCONNECTED, occurredAt: "${at(3)}", energyWattHours: ${String(9000 + week * 100)} }`;
  });
  await server.observe(sessions.join('\n'));
  await server.observe(
    `{ charger: "CB-1", kind: POWER_LOST, occurredAt: "2024-01-10T08:00:00Z" }
     { charger: "CB-1", kind: POWER_RESTORED, occurredAt: "2024-01-10T09:00:00Z" }`,
  );
}
