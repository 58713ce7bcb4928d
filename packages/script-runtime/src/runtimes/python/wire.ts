/** Numbers both sides agree on; the other copy, with what they mean, is `python/offload_runtime/wire.py`. */

/** First element of an entry of a batch, host to interpreter; from 0 up it is a function to call by named arguments. */
export const Entry = {
  Call: -1,
  Resolve: -2,
  Cancel: -3,
  Release: -4,
  Define: -5,
  SetGlobal: -6,
  Load: -7,
  Require: -8,
  Limits: -9,
} as const;

/** First element of an item, interpreter to host; from 0 up it is a deferred call of that host function. */
export const Item = {
  Switch: -1,
  Done: -2,
  Fault: -3,
  Pending: -4,
  Log: -5,
  Free: -6,
  Ask: -7,
  Awake: -8,
  Stray: -9,
} as const;

/** Code of a fault. */
export const FaultCode = { Runtime: 0, Deadline: 1, Syntax: 2, Load: 3 } as const;

/** What the asker of a host function can do when the answer takes time. */
export const Waiting = { Cannot: 0, Await: 1 } as const;

/** First element of an answer. */
export const Answer = { Value: 0, Error: 1, Promise: 2 } as const;

/** Real part of a handle; its imaginary part is the number of what it stands for. */
export const Handle = { Function: 1, Method: 2, FirstObjectClass: 16 } as const;
