package dev.signalbox.server.sms;

import dev.signalbox.delivery.sms.HttpSmsOptions;
import dev.signalbox.server.configuration.DurationText;
import dev.signalbox.server.configuration.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The SMS provider as configured. */
final class SmsSettings {
    private SmsSettings() {}

    /** Empty without a provider. Reads every key, so that each mistake is named even where others prevent the sender. */
    static Optional<HttpSmsOptions> read(Reading reading) {
        var url = reading.find(SmsKeys.URL);
        var token = reading.find(SmsKeys.PROVIDER_TOKEN);
        var timeout = reading.get(SmsKeys.TIMEOUT);
        var connect = reading.find(SmsKeys.CONNECT_TIMEOUT).orElseGet(() -> usualConnectTimeout(timeout));
        int concurrency = reading.get(SmsKeys.CONCURRENCY);
        var lifetime = reading.get(SmsKeys.KEY_LIFETIME);
        int length = reading.get(SmsKeys.MAX_LENGTH);
        var region = reading.find(SmsKeys.DEFAULT_REGION);
        var caFile = reading.find(SmsKeys.CA_FILE);
        boolean insecure = reading.get(SmsKeys.INSECURE);
        boolean consistent = check(reading, connect, timeout, insecure, caFile);
        return url.flatMap(u -> token.filter(t -> consistent)
                .map(t -> new HttpSmsOptions(
                        u, t, timeout, connect, concurrency, lifetime, length, region, caFile, insecure)));
    }

    private static Duration usualConnectTimeout(Duration timeout) {
        var usual = DurationText.parse(SmsKeys.CONNECT_TIMEOUT.fallback().orElseThrow());
        return usual.compareTo(timeout) < 0 ? usual : timeout;
    }

    private static boolean check(
            Reading reading, Duration connect, Duration timeout, boolean insecure, Optional<Path> caFile) {
        reading.check(
                reading.isGiven(SmsKeys.PROVIDER_TOKEN) || !reading.isGiven(SmsKeys.URL),
                SmsKeys.PROVIDER_TOKEN,
                "is required with " + SmsKeys.URL.path());
        boolean inTime = connect.compareTo(timeout) <= 0;
        boolean used = !insecure || caFile.isEmpty();
        reading.check(inTime, SmsKeys.CONNECT_TIMEOUT, "is longer than " + SmsKeys.TIMEOUT.path());
        reading.check(used, SmsKeys.CA_FILE, "has no effect with delivery.sms.insecure: remove one of them");
        caFile.ifPresent(file -> reading.readable(SmsKeys.CA_FILE, file));
        return inTime && used;
    }
}
