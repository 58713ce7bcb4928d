/** Iterations a loop may do on credit before it charges fuel, see `runtime/fuel.ts`. */
export const TICK_CREDIT = 500;
