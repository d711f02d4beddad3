namespace Wirepath.Dns;

/// <summary>Keys of unbound.conf that are understood and change nothing here, each with its reason.</summary>
internal static class KeysWithoutEffect
{
    public static void AddTo(ConfigurationClause keys)
    {
        keys.WithoutAll("what is written and where is the command's to say, and the event log's.",
            """
            verbosity logfile use-syslog log-identity log-time-ascii log-time-iso log-queries log-replies log-tag-queryreply log-destaddr
            log-local-actions log-servfail log-thread-id val-log-level val-log-squelch statistics-interval statistics-cumulative extended-statistics
            statistics-inhibit-zero shm-enable shm-key
            """);
        keys.WithoutAll("the process is started, moved and stopped by those who run it.",
            "chroot username directory pidfile do-daemonize use-systemd");
        keys.WithoutAll("one loop serves all clients, and caches are not cut into slabs.",
            """
            num-threads msg-cache-slabs rrset-cache-slabs infra-cache-slabs key-cache-slabs ratelimit-slabs ip-ratelimit-slabs outgoing-range
            msg-buffer-size so-reuseport
            """);
        keys.WithoutAll("sockets are the host's, with its own settings.",
            """
            interface-automatic interface-automatic-ports outgoing-interface outgoing-port-permit outgoing-port-avoid so-rcvbuf so-sndbuf
            ip-transparent ip-freebind ip-dscp udp-connect delay-close tcp-mss outgoing-tcp-mss sock-queue-timeout max-ecs-tree-size-ipv4
            max-ecs-tree-size-ipv6 proxy-protocol-port
            """);
        keys.WithoutAll("connections are kept and given up as RFC 7766 says.",
            """
            outgoing-num-tcp incoming-num-tcp stream-wait-size tcp-idle-timeout tcp-reuse-timeout max-reuse-tcp-queries tcp-auth-query-timeout
            edns-tcp-keepalive edns-tcp-keepalive-timeout udp-upstream-without-downstream tcp-connection-limit/2
            """);
        keys.WithoutAll("TLS and HTTPS are set up on the command line; QUIC is not spoken.",
            """
            tls-upstream ssl-upstream tls-service-key ssl-service-key tls-service-pem ssl-service-pem tls-port ssl-port tls-cert-bundle ssl-cert-bundle
            tls-win-cert tls-system-cert tls-protocols tls-use-system-policy-versions tls-additional-port tls-session-ticket-keys tls-ciphers tls-ciphersuites tls-use-sni pad-responses
            pad-responses-block-size pad-queries pad-queries-block-size https-port http-endpoint http-max-streams http-query-buffer-size
            http-response-buffer-size http-nodelay http-notls-downstream http-user-agent hide-http-user-agent quic-port quic-size
            """);
        keys.WithoutAll("all clients see the same names: there are no tags and views.",
            """
            define-tag access-control-tag/2 access-control-tag-action/3 access-control-tag-data/3 access-control-view/2 interface-action/2
            interface-tag/2 interface-tag-action/3 interface-tag-data/3 interface-view/2 local-zone-tag/2 local-zone-override/3 response-ip-tag/2
            """);
        keys.WithoutAll("questions are bounded by the work in hand and by client, not by a rate.",
            """
            ratelimit ratelimit-size ratelimit-factor ratelimit-backoff ratelimit-for-domain/2 ratelimit-below-domain/2 ip-ratelimit ip-ratelimit-size
            ip-ratelimit-factor ip-ratelimit-backoff ip-ratelimit-cookie wait-limit wait-limit-netblock/2 wait-limit-cookie wait-limit-cookie-netblock/2
            unwanted-reply-threshold
            """);
        keys.WithoutAll("no part of a client's address is ever sent on (RFC 7871 §2).",
            """
            send-client-subnet client-subnet-zone client-subnet-always-forward max-client-subnet-ipv4 max-client-subnet-ipv6 min-client-subnet-ipv4
            min-client-subnet-ipv6 edns-client-string/2 edns-client-string-opcode
            """);
        keys.WithoutAll("it is always so: glue is believed only from those who could know it, and records that belong to nothing are dropped.",
            "harden-glue harden-unverified-glue harden-unknown-additional");
        keys.WithoutAll("it is always so: nothing is below a name that is proven not to be there (RFC 8020).", "harden-below-nxdomain");
        keys.WithoutAll("it is always so: an EDNS size below 512 counts as 512, and a question longer than a name can be is no question.",
            "harden-short-bufsize harden-large-queries");
        keys.WithoutAll("addresses of servers are looked up when they are needed, some at a time.", "target-fetch-policy");
        keys.WithoutAll("answers show the TTL that is left.", "serve-original-ttl");
        keys.WithoutAll("the fastest server is asked, and now and then another.",
            "prefer-ip4 prefer-ip6 fast-server-permil fast-server-num low-rtt low-rtt-permil infra-keep-probing");
        keys.WithoutAll("keys and proofs of absence lie in the cache of sets.", "key-cache-size neg-cache-size");
        keys.WithoutAll("trust anchors are for everybody to see.", "hide-trustanchor");
        keys.WithoutAll("the root is not told which anchors are in use (RFC 8145).", "trust-anchor-signaling");
        keys.WithoutAll("a hold-down is never shortened.", "permit-small-holddown");
        keys.WithoutAll("private address space is not signed: nothing has to be excepted.", "insecure-lan-zones");
        keys.WithoutAll("ZONEMD is not checked.", "zonemd-permissive-mode");
        keys.WithoutAll("the secret is in the configuration.", "cookie-secret-file");
        keys.WithoutAll("servers are told what is understood: DO is set whenever there is a trust anchor.", "disable-edns-do");
        keys.WithoutAll("they are of the past: DLV (RFC 8749), and what was known of lame servers apart.",
            "dlv-anchor dlv-anchor-file infra-lame-ttl infra-cache-lame-size");
        keys.WithoutAll("IPsec keys are not looked up.",
            "ipsecmod-enabled ipsecmod-hook ipsecmod-strict ipsecmod-max-ttl ipsecmod-ignore-bogus ipsecmod-allow ipsecmod-whitelist");
    }
}
