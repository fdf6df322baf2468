package dev.signalbox.server.hooks;

import dev.signalbox.delivery.webhook.WebhookKey;
import dev.signalbox.delivery.webhook.WebhookOptions;
import dev.signalbox.delivery.webhook.WebhookTargets;
import dev.signalbox.router.Address;
import dev.signalbox.router.RouterOptions.TopicRule;
import dev.signalbox.router.TopicPolicy;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.tls.Trust;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hooks as configured.
 *
 * @param urls those that are asked
 * @param topics those that it is about
 * @param key what signs; there if any URL is
 */
record HookSettings(
        Map<Hook, URI> urls,
        List<TopicRule> topics,
        Optional<WebhookKey> key,
        Duration timeout,
        int concurrency,
        HookKeys.WhenAway away,
        WebhookOptions options) {

    /** Reads every key, so that each mistake is named. */
    static HookSettings read(Reading reading) {
        var targets = new WebhookTargets(reading.get(HookKeys.ALLOW), reading.get(HookKeys.PLAIN_HTTP));
        Map<Hook, URI> urls = new EnumMap<>(Hook.class);
        url(reading, targets, HookKeys.CONNECT).ifPresent(url -> urls.put(Hook.CONNECT, url));
        url(reading, targets, HookKeys.SUBSCRIBE).ifPresent(url -> urls.put(Hook.SUBSCRIBE, url));
        url(reading, targets, HookKeys.PUBLISH).ifPresent(url -> urls.put(Hook.PUBLISH, url));
        Optional<WebhookKey> key = reading.find(HookKeys.KEY);
        reading.check(
                urls.isEmpty() || key.isPresent(), HookKeys.KEY, "is required: your backend verifies questions by it");
        Duration timeout = reading.get(HookKeys.TIMEOUT);
        List<TopicRule> topics = reading.get(HookKeys.ABOUT).stream()
                .map(pattern -> new TopicRule(pattern, TopicPolicy.DEFAULT))
                .toList();
        return new HookSettings(
                Map.copyOf(urls),
                topics,
                key,
                timeout,
                reading.get(HookKeys.CONCURRENCY),
                reading.get(HookKeys.AWAY),
                WebhookOptions.to(targets)
                        .withTimeout(timeout)
                        .withConnectTimeout(timeout)
                        .withConcurrency(reading.get(HookKeys.CONCURRENCY))
                        .withTrust(trust(reading)));
    }

    private static Optional<URI> url(Reading reading, WebhookTargets targets, Key<URI> key) {
        Optional<URI> url = reading.find(key);
        if (url.isPresent()) {
            try {
                return Optional.of(targets.parse(url.get().toString()));
            } catch (IllegalArgumentException refused) {
                reading.check(false, key, "cannot be asked: " + FailureText.of(refused));
            }
        }
        return Optional.empty();
    }

    private static Trust trust(Reading reading) {
        Optional<Path> file = reading.find(HookKeys.CA_FILE);
        if (file.isPresent() && !reading.readable(HookKeys.CA_FILE, file.get())) {
            return Trust.system();
        }
        try {
            return Trust.of(file, false);
        } catch (IllegalArgumentException unreadable) {
            reading.check(false, HookKeys.CA_FILE, "does not work: " + FailureText.of(unreadable));
            return Trust.system();
        }
    }

    /** @throws IllegalArgumentException if it is no name of a topic, nor the beginning of names and an asterisk */
    static String pattern(String text) {
        return Address.topic(text).name();
    }

    boolean asksAbout(Hook hook, Address.Topic topic) {
        return urls.containsKey(hook) && topics.stream().anyMatch(each -> each.meets(topic));
    }
}
