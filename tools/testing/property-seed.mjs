import fc from 'fast-check';

// A change is judged by the same examples each time; whoever runs the tests at home looks at new ones.
if (process.env.CI) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_260_504 });
