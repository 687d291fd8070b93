import { jestConfigOf } from '../../jest.preset.mjs';

export default jestConfigOf('verifier');
