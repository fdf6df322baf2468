package dev.signalbox.server.webhook;

import dev.signalbox.delivery.queue.Step;
import dev.signalbox.delivery.webhook.WebhookOptions;
import dev.signalbox.delivery.webhook.WebhookTargets;
import dev.signalbox.server.configuration.DurationText;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.tls.Trust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The channel as configured. */
record WebhookSettings(WebhookOptions options, Optional<Step> notice) {

    /** Reads every key, so that each mistake is named. */
    static WebhookSettings read(Reading reading) {
        var targets = new WebhookTargets(reading.get(WebhookKeys.ALLOW), reading.get(WebhookKeys.PLAIN_HTTP));
        Duration timeout = reading.get(WebhookKeys.TIMEOUT);
        Duration connect = reading.find(WebhookKeys.CONNECT_TIMEOUT).orElseGet(() -> usualConnectTimeout(timeout));
        boolean inTime = connect.compareTo(timeout) <= 0;
        reading.check(inTime, WebhookKeys.CONNECT_TIMEOUT, "is longer than " + WebhookKeys.TIMEOUT.path());
        WebhookOptions options = WebhookOptions.to(targets)
                .withTimeout(timeout)
                .withConnectTimeout(inTime ? connect : timeout)
                .withConcurrency(reading.get(WebhookKeys.CONCURRENCY))
                .withDisableAfter(reading.get(WebhookKeys.DISABLE_AFTER))
                .withTrust(trust(reading));
        return new WebhookSettings(
                reading.find(WebhookKeys.URL_SECRET).map(options::withUrlKey).orElse(options),
                reading.find(WebhookKeys.NOTICE));
    }

    private static Duration usualConnectTimeout(Duration timeout) {
        Duration usual =
                DurationText.parse(WebhookKeys.CONNECT_TIMEOUT.fallback().orElseThrow());
        return usual.compareTo(timeout) < 0 ? usual : timeout;
    }

    private static Trust trust(Reading reading) {
        Optional<Path> file = reading.find(WebhookKeys.CA_FILE);
        if (file.isPresent() && !reading.readable(WebhookKeys.CA_FILE, file.get())) {
            return Trust.system();
        }
        try {
            return Trust.of(file, false);
        } catch (IllegalArgumentException unreadable) {
            reading.check(false, WebhookKeys.CA_FILE, "does not work: " + FailureText.of(unreadable));
            return Trust.system();
        }
    }
}
