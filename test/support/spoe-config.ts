/** Files for the filter, from the parts that a test cares about. */

export interface SpoeParts {
  /** Sections `spoe-message` and `spoe-group`. */
  readonly sections: string;
  /** Names on the `messages` line of the agent; `check` by default. */
  readonly messages?: string;
  /** Names on the `groups` line. */
  readonly groups?: string;
  /** More lines of the agent's section. */
  readonly agent?: string;
  /** `timeout processing`; 20s by default, which no healthy test comes near. */
  readonly processing?: string;
}

/** A file for engine `offload`, backend `agents`: variables are `<scope>.off.<name>`, the error is `txn.off.err`. */
export function spoeConfig({ sections, messages, groups, agent, processing }: SpoeParts): string {
  return `[offload]
spoe-agent offload-agent
    log global
    messages ${messages ?? 'check'}
    ${groups === undefined ? '' : `groups ${groups}`}
    option var-prefix off
    option continue-on-error
    option set-on-error err
    timeout hello 10s
    timeout idle 1m
    timeout processing ${processing ?? '20s'}
    use-backend agents
    ${agent ?? ''}
${sections}
`;
}
