package dev.signalbox.server.deliverycache;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.StartupException;
import io.lettuce.core.RedisURI;
import java.util.List;

/** Has Redis keep what was delivered, where other programs look it up. Before the feature that sends. */
public final class DeliveryCacheFeature implements Feature {
    @Override
    public String name() {
        return "deliverycache";
    }

    @Override
    public List<Key<?>> keys() {
        return DeliveryCacheKeys.ALL;
    }

    @Override
    public Part configure(Reading reading) {
        DeliveryCacheSettings settings = DeliveryCacheSettings.read(reading);
        return node -> settings.url().ifPresent(url -> start(node, settings, url));
    }

    private static void start(Node node, DeliveryCacheSettings settings, Secret url) {
        var metrics = new DeliveryCacheMetrics(node.registry());
        var cache = node.closing(new DeliveryCache(uri(url), settings.prefix(), settings.ttl(), node.clock(), metrics));
        node.dispatcherListener(cache);
        node.health(
                "delivery-cache",
                () -> cache.problem().map(Health.Report::degraded).orElse(Health.Report.WELL));
    }

    /** The driver's own message quotes the URL, and with it the password. */
    private static RedisURI uri(Secret url) {
        try {
            return RedisURI.create(url.value());
        } catch (IllegalArgumentException e) {
            throw new StartupException(
                    DeliveryCacheKeys.REDIS_URL.path() + " is malformed; its value is not shown, since it may hold a"
                            + " password. Percent-encode what is special in user and password",
                    null);
        }
    }
}
