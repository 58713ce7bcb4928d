/** Iterations a loop may do on credit before it charges fuel, see `runtime/fuel.ts`. */
export const TICK_CREDIT = 500;
/** Calls that the first, short version of a function gets when it may have several. */
export const FIRST_CALLS = 20;
