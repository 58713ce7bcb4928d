import { HostError } from '@offload/script-runtime';
import { JSON_LIMITS } from './value.js';

/** What one conversion or copy may still use. */
export class Budget {
  private items = JSON_LIMITS.maxItems;
  private depth = JSON_LIMITS.maxDepth;

  take(count: number): void {
    this.items -= count;
    if (this.items < 0) throw new HostError(`more than ${JSON_LIMITS.maxItems} values`);
  }

  enter(): void {
    this.take(1);
    if (--this.depth < 0) throw new HostError(`nested deeper than ${JSON_LIMITS.maxDepth}, or in a cycle`);
  }

  leave(): void {
    this.depth++;
  }
}
