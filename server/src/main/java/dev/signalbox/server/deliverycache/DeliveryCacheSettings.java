package dev.signalbox.server.deliverycache;

import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import java.time.Duration;
import java.util.Optional;

/**
 * Which Redis keeps what was delivered, and how.
 *
 * @param url empty for none
 */
record DeliveryCacheSettings(Optional<Secret> url, String prefix, Duration ttl) {
    static DeliveryCacheSettings read(Reading reading) {
        return new DeliveryCacheSettings(
                reading.find(DeliveryCacheKeys.REDIS_URL).map(Secret::new),
                reading.get(DeliveryCacheKeys.PREFIX),
                reading.get(DeliveryCacheKeys.TTL));
    }
}
