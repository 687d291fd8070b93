import { texts } from '../texts';
import { Page } from '../ui/parts';
import { ReportPanel } from './report-panel';
import { VerifyPanel } from './verify-panel';

export function AuditPage() {
  return (
    <Page title={texts.audit.title} lead={texts.audit.lead}>
      <div className="audit">
        <ReportPanel />
        <VerifyPanel />
      </div>
    </Page>
  );
}
