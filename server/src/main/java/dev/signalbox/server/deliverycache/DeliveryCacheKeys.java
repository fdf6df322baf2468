package dev.signalbox.server.deliverycache;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of the delivery cache. */
final class DeliveryCacheKeys {
    static final Key<String> REDIS_URL = Key.secret(
            "delivery.cache.redis-url",
            Kind.matching("redis://HOST or rediss://HOST", Pattern.compile("rediss?(-sentinel)?://.{1,1000}")),
            "A Redis that keeps, for each message that a provider accepted, its id there and the time, for other programs. Nothing"
                    + " here reads it, and nothing waits for it. Without it, no Redis is used.");
    static final Key<String> PREFIX = Key.of(
            "delivery.cache.prefix",
            Kind.matching("1 to 100 letters, digits, or any of . _ : / -", Pattern.compile("[A-Za-z0-9._:/-]{1,100}")),
            "delivery:",
            "What the keys in Redis begin with; the message's id follows.");
    static final Key<Duration> TTL =
            Key.of("delivery.cache.ttl", Kind.duration("1s", "365d"), "24h", "How long Redis keeps an entry.");

    static final List<Key<?>> ALL = List.of(REDIS_URL, PREFIX, TTL);

    private DeliveryCacheKeys() {}
}
