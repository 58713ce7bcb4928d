import type { WorkerPort } from '@offload/script-runtime';

/** Names that are told: who opens the port to strangers shall not have them fill the log. */
const MOST_NAMES = 20;
const MOST_CHARACTERS = 200;

/** Messages for which no script has a handler, most likely a name that HAProxy's side spells differently: each is told once. */
export class UnknownMessages {
  private readonly log: WorkerPort['log'];
  private readonly told = new Set<string>();

  constructor(log: WorkerPort['log']) {
    this.log = log;
  }

  /** @param known the names there are handlers for */
  tell(name: string, known: () => readonly string[]): void {
    if (this.told.size >= MOST_NAMES || this.told.has(name)) return;
    this.told.add(name);
    const names = known();
    const there =
      names.length === 0
        ? 'no message is registered'
        : `registered ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
    const shown = name.slice(0, MOST_CHARACTERS);
    this.log(
      'warn',
      `HAProxy sends message '${shown}', which no script has registered: it sets no variables (${there})`,
      {
        message: shown,
      },
    );
  }
}
