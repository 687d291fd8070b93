import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { startProgress } from './progress';

describe('progress', () => {
  it('is a bar on a terminal', () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 120, cursorTo: () => true });
    const shown = () => String(terminal.read() ?? '');
    const progress = startProgress(200, terminal);
    progress.advance(200);
    progress.stop();
    expect(shown()).toContain('200 of 200 sessions');
  });

  it('is quiet elsewhere when it is over soon', () => {
    let text = '';
    const progress = startProgress(200, { write: (more) => (text += more) });
    progress.advance(200);
    progress.stop();
    expect(text).toBe('');
  });
});
