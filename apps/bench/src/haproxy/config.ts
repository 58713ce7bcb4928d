/** HAProxy's configuration for the sample message, everything else at its defaults. */
export function haproxyConfig(httpPort: number, agentPort: number, spoePath: string): string {
  return `global
    log stdout format raw local0
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
frontend fe
    bind 127.0.0.1:${httpPort}
    filter spoe engine offload config ${spoePath}
    http-request return status 200 content-type text/plain lf-string "score=%[var(sess.off.ip_score)]\\n"
backend agents
    mode tcp
    timeout connect 1s
    timeout server 3m
    server a1 127.0.0.1:${agentPort}
`;
}

export const SPOE_CONFIG = `[offload]
spoe-agent offload-agent
    messages check-client-ip
    option var-prefix off
    option continue-on-error
    timeout hello 500ms
    timeout idle 30s
    timeout processing 1s
    use-backend agents
spoe-message check-client-ip
    args always_true int(1234) src ipv6(::55) req.hdr(host)
    event on-frontend-http-request
`;
