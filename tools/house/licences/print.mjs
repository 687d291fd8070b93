import { writeFileSync } from 'node:fs';
import { licencesPage, runtimePackages } from './licences.mjs';

writeFileSync('docs/licences.md', licencesPage(runtimePackages('.')));
