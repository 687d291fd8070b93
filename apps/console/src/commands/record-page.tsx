import { texts } from '../texts';
import { LinkButton, Page, Panel } from '../ui/parts';
import { pathTo } from '../ui/links';
import type { CommandName } from './command-texts';

const groups = {
  units: [
    'registerCharger',
    'mountCharger',
    'dismountCharger',
    'relocateCharger',
    'enableCharger',
    'disableCharger',
    'setPhaseMode',
    'setChargerProtocol',
    'transferChargerControl',
    'retireCharger',
  ],
  limits: [
    'setMaxChargerCurrent',
    'setDynamicChargerCurrent',
    'clearDynamicChargerCurrent',
    'setChargePlan',
    'removeChargePlan',
    'overrideSchedule',
  ],
  places: [
    'registerSite',
    'renameSite',
    'correctSiteAddress',
    'setSiteTimeZone',
    'transferSiteControl',
    'retireSite',
    'addCircuit',
    'retireCircuit',
    'installBackplate',
    'rewireBackplate',
    'removeBackplate',
  ],
  circuits: [
    'setSiteRatedCurrent',
    'setCircuitFuseRating',
    'setMaxCircuitCurrent',
    'setOfflineFallbackCurrent',
    'designatePrimaryBackplate',
    'setDynamicCircuitCurrent',
    'clearDynamicCircuitCurrent',
  ],
  access: [
    'registerOperator',
    'registerPartner',
    'grantPartnerAccess',
    'endPartnerGrant',
    'warnPartner',
    'liftPartnerWarning',
    'revokePartnerAccess',
    'reinstatePartnerAccess',
    'issueCredential',
    'revokeCredential',
  ],
} as const satisfies Record<keyof typeof texts.record.groups, readonly CommandName[]>;

/** Everything that can be recorded by hand. */
export function RecordPage() {
  return (
    <Page title={texts.record.title} lead={texts.record.lead}>
      <div className="record-groups">
        {(Object.keys(groups) as (keyof typeof groups)[]).map((group) => (
          <Panel key={group} title={texts.record.groups[group]}>
            <ul>
              {groups[group].map((name) => (
                <li key={name}>
                  <LinkButton kind="quiet" to={pathTo.command(name)}>
                    {texts.forms[name].title}
                  </LinkButton>
                </li>
              ))}
            </ul>
          </Panel>
        ))}
      </div>
    </Page>
  );
}
