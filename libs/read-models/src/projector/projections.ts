import { accessProjection } from '../access/access.projection';
import { placementsProjection } from '../placements/placements.projection';
import { relocationsProjection } from '../placements/relocations.projection';
import { registryProjection } from '../registry/registry.projection';
import { sessionsProjection } from '../sessions/sessions.projection';
import type { Projection } from './projection';

/** All read models that are made from the ledger; in every process in the same order. */
export const PROJECTIONS: readonly Projection[] = [
  registryProjection,
  accessProjection,
  placementsProjection,
  relocationsProjection,
  sessionsProjection,
];
