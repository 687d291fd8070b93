import { Redirect, useSearch } from 'wouter';
import { PlanPage } from '../plan/plan-page';
import { texts } from '../texts';
import { Empty, Page } from '../ui/parts';
import { CommandPage } from './command-page';
import { isCommandName } from './command-texts';

/** The page on which a command is filled in; another address in the same page begins another form. */
export function DoPage({ name }: { name: string }) {
  const search = useSearch();
  if (!isCommandName(name)) {
    return (
      <Page title={texts.notFound.title}>
        <Empty title={texts.notFound.lead} />
      </Page>
    );
  }
  if (name === 'relocateChargers') return <Redirect to="/moves" replace />;
  if (name === 'setChargePlan') return <PlanPage key={search} />;
  return <CommandPage key={search} name={name} />;
}
