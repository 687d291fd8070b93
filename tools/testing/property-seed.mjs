import fc from 'fast-check';

const { CI, TORTURE_SEED } = process.env;
// A change is judged by the same examples each time; whoever runs the tests at home looks at new ones.
const seed = TORTURE_SEED == null ? (CI ? 20_260_504 : undefined) : Number(TORTURE_SEED);
if (seed != null) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
