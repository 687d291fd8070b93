export { Database, DatabaseUnavailableError } from './database/database';
export { migrate } from './database/migrate';
export { placementsProjection } from './placements/placements.projection';
export { Progress, ProjectionBehindError } from './projector/progress';
export type { ProjectorEvents } from './projector/projector';
export { Projector } from './projector/projector';
export { registryProjection } from './registry/registry.projection';
export { sessionsProjection } from './sessions/sessions.projection';
