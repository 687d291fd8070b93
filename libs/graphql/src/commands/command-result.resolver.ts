import type { Outcome, Receipt, Rejection } from '@chargebook/application';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { EntrySource } from '../history/entry';
import { isRejection } from './commands';

@Resolver('CommandResult')
export class CommandResultResolver {
  @ResolveField()
  __resolveType(outcome: Outcome): string {
    return isRejection(outcome) ? 'Rejection' : 'Receipt';
  }
}

@Resolver('Receipt')
export class ReceiptResolver {
  @ResolveField()
  events(@Parent() { facts, position }: Receipt): EntrySource[] {
    return facts.map((fact) => ({ fact, position }));
  }
}

@Resolver('Rejection')
export class RejectionResolver {
  @ResolveField()
  details(@Parent() { details }: Rejection): unknown {
    return details;
  }
}
