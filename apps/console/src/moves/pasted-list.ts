/** A line of a pasted list: which charger goes to which place, or what is wrong with the line. */
export interface Move {
  readonly line: number;
  readonly charger: string;
  readonly backplate: string;
  readonly problem?: 'incomplete' | 'badId' | 'chargerTwice' | 'placeTwice';
}

export const MOST_MOVES = 500;

const ID = /^[A-Za-z0-9._:-]{1,64}$/;
const HEADING = /serial|charger/i;

/** Reads lines of a serial and a backplate id, apart by comma, semicolon, tab or space; a heading is passed over. */
export function readMoves(text: string): readonly Move[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((words, at) => ({ words: words.trim(), line: at + 1 }))
    .filter(({ words }) => words !== '');
  const first = lines[0];
  const isHeading = first != null && HEADING.test(first.words) && /backplate|place/i.test(first.words);
  const moves = (isHeading ? lines.slice(1) : lines).map(({ words, line }): Move => {
    const [charger = '', backplate = ''] = words
      .split(/[\s,;]+/)
      .map((word) => word.replaceAll(/^"|"$/g, ''));
    if (charger === '' || backplate === '') return { line, charger, backplate, problem: 'incomplete' };
    return ID.test(charger) && ID.test(backplate)
      ? { line, charger, backplate }
      : { line, charger, backplate, problem: 'badId' };
  });
  return moves.map((move) => {
    if (move.problem != null) return move;
    if (isTwice(moves, move, 'charger')) return { ...move, problem: 'chargerTwice' };
    return isTwice(moves, move, 'backplate') ? { ...move, problem: 'placeTwice' } : move;
  });
}

function isTwice(moves: readonly Move[], move: Move, field: 'charger' | 'backplate'): boolean {
  return moves.some((other) => other.line !== move.line && other[field] === move[field]);
}
