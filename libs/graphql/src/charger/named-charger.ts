import { forbidden } from '@chargebook/domain';
import type { ChargerRecord } from '@chargebook/read-models';
import type { RequestContext } from '../request/request-context';

/**
 * A charger that something names which one may see: where the charger itself is not for who asks, its serial and nothing
 * else.
 */
export async function namedCharger(
  serial: string,
  request: RequestContext,
): Promise<Pick<ChargerRecord, 'serial'>> {
  return (await request.loaders.charger.load(serial)) ?? hidden(serial);
}

function hidden(serial: string): Pick<ChargerRecord, 'serial'> {
  return new Proxy(
    { serial },
    {
      get(target, field) {
        // What the executor itself looks for.
        if (field === 'serial') return target.serial;
        if (typeof field === 'symbol' || field === 'then' || field === '__typename') return undefined;
        throw forbidden('control');
      },
    },
  );
}
