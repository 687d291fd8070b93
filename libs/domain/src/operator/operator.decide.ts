import { checkId, checkName } from '../checks';
import type { Decision, Moment } from '../decision';
import { accept, firstRefusal, refuseBackdating, refuseFuture } from '../decision';
import type { Lifeline } from '../facts/lifeline';
import { refuse } from '../refusal';
import type { OperatorState } from './operator';

export type OperatorCommand = {
  readonly type: 'registerOperator';
  readonly id: string;
  readonly name: string;
};

export function decideOperator(
  command: OperatorCommand,
  operator: Lifeline<OperatorState>,
  moment: Moment,
): Decision {
  const { id, name } = command;
  const refusal = firstRefusal(
    checkId(id, 'id'),
    checkName(name, 'name'),
    refuseFuture(moment),
    refuseBackdating(moment),
    operator.head.name != null &&
      refuse('ALREADY_EXISTS', `There is an operator ${id} already.`, { id }, ['input', 'id']),
  );
  return refusal ?? accept({ type: 'OperatorRegistered', data: { operator: id, name } });
}
