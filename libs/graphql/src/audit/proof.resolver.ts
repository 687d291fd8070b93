import type { AuditKey, ConsistencyProof, InclusionProof, StoredCheckpoint } from '@chargebook/audit';
import { forbidden } from '@chargebook/domain';
import type { HistoryFact, ScopePoint } from '@chargebook/read-models';
import { canonicalJson } from '@chargebook/transparency';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { RequestContext } from '../request/request-context';

/** What the book says of itself. */
@Resolver('Book')
export class BookProofResolver {
  @ResolveField()
  checkpoint(@Context() request: RequestContext): Promise<StoredCheckpoint | undefined> {
    return request.queries.proofs.record.latest();
  }

  @ResolveField()
  auditKeys(@Context() request: RequestContext): Promise<AuditKey[]> {
    return request.queries.proofs.record.keys();
  }
}

@Resolver('Checkpoint')
export class CheckpointResolver {
  @ResolveField()
  note(@Parent() { note, cosignatures }: StoredCheckpoint): string {
    return [note, ...cosignatures.map(({ line }) => line)].join('');
  }
}

@Resolver('InclusionProof')
export class ProofResolver {
  @Query()
  async inclusionProof(
    @Args('sequence') sequence: string,
    @Args('size') size: string | null | undefined,
    @Context() request: RequestContext,
  ): Promise<InclusionProof | undefined> {
    const { history, proofs } = request.queries;
    const fact = await history.bySequence(Number(sequence));
    if (fact == null || !(await isSeen(fact, request))) return undefined;
    return proofs.inclusion(Number(sequence), size == null ? undefined : Number(size));
  }

  @Query()
  consistencyProof(
    @Args('from') from: string,
    @Args('to') to: string,
    @Context() request: RequestContext,
  ): Promise<ConsistencyProof> {
    const { proofs, scope } = request.queries;
    if (!scope.isWhole) throw forbidden('the whole book');
    return proofs.consistency(Number(from), Number(to));
  }

  @ResolveField()
  root(@Parent() { size }: InclusionProof, @Context() request: RequestContext): Promise<string> {
    return request.queries.proofs.root(size);
  }

  @ResolveField()
  head(@Parent() { entry }: InclusionProof): string {
    return canonicalJson({ ...entry.head });
  }

  @ResolveField()
  async content(@Parent() { sequence, entry }: InclusionProof, @Context() request: RequestContext) {
    const { history, scope } = request.queries;
    if (scope.isWhole) return entry.content;
    const fact = await history.bySequence(sequence);
    // A reservation holds the whole move of its charger, also where that came from.
    if (fact?.type !== 'BackplateReserved') return entry.content;
    return (await request.loaders.charger.load(fact.data.charger)) == null ? null : entry.content;
  }
}

/** Whether a fact is in one of the histories that who asks may look at. */
async function isSeen(fact: HistoryFact, request: RequestContext): Promise<boolean> {
  const { scope } = request.queries;
  if (scope.isWhole) return true;
  for (const point of await pointsOf(fact, request)) {
    if (await scope.reaches(point, point.axis === 'PARTNER' ? 'REVIEW_PARTNERS' : 'READ_HISTORY'))
      return true;
  }
  return false;
}

/** The things along which a fact is told: those that it names, and the place where its charger hung. */
async function pointsOf({ scope, metadata }: HistoryFact, request: RequestContext): Promise<ScopePoint[]> {
  const named = Object.entries(scope).flatMap(([kind, id]: [string, string | undefined]): ScopePoint[] =>
    id == null ? [] : [{ axis: kind.toUpperCase() as ScopePoint['axis'], id }],
  );
  if (scope.charger == null || scope.backplate != null) return named;
  const cut = await request.cut();
  const place = await request.loaders
    .placementAt(cut)
    .load({ serial: scope.charger, at: metadata.occurredAt });
  return place == null ? named : [...named, { axis: 'SITE', id: place.siteId }];
}
