package dev.signalbox.server.sms;

import dev.signalbox.delivery.sms.SmsCallbacks;
import dev.signalbox.http.CircuitBreaker;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.sms.SmsProviderSettings.Configured;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The SMS providers as configured. Reads every key, so that each mistake is named even where others prevent the sender.
 */
final class SmsSettings {
    /**
     * Who sends, and how.
     *
     * @param providers in the order in which they are asked; at least one
     * @param failover when a provider is passed over, if there are several
     */
    record Sending(List<Configured> providers, CircuitBreaker.Limits failover) {
        /** What the first provider tells us, if that can be verified. */
        Optional<SmsCallbacks> callbacks() {
            return providers.getFirst().callbacks();
        }

        /** What providers tell us that can be verified, by their names. */
        Map<String, SmsCallbacks> callbacksByName() {
            Map<String, SmsCallbacks> callbacks = new HashMap<>();
            providers.forEach(each -> each.callbacks().ifPresent(found -> callbacks.put(each.name(), found)));
            return callbacks;
        }
    }

    private SmsSettings() {}

    /** Empty without a provider. */
    static Optional<Sending> read(Reading reading) {
        Optional<Configured> first = SmsProviderSettings.first(reading);
        List<Configured> providers = new ArrayList<>();
        first.ifPresent(providers::add);
        var nameOfBackup = SmsKeys.ofBackup(SmsKeys.NAME);
        int backups = reading.size(nameOfBackup);
        for (int i = 0; i < backups; i++) {
            SmsProviderSettings.backup(reading, i).ifPresent(providers::add);
        }
        reading.check(
                backups == 0 || first.isPresent(),
                SmsKeys.PROVIDER,
                "and the other settings of a first provider are required with delivery.sms.backups");
        reading.check(
                backups == 0 || reading.get(SmsKeys.KEY_LIFETIME).isZero(),
                SmsKeys.KEY_LIFETIME,
                "has no effect with delivery.sms.backups: a repeat may go to another provider, which does not know the key");
        checkNames(reading, providers);
        var limits = limits(reading);
        return first.flatMap(_ -> limits).map(failover -> new Sending(List.copyOf(providers), failover));
    }

    private static void checkNames(Reading reading, List<Configured> providers) {
        Set<String> names = new HashSet<>();
        for (Configured provider : providers) {
            reading.check(
                    names.add(provider.name()),
                    provider.nameKey(),
                    provider.index(),
                    "is that of another provider, too ('" + provider.name() + "'); give each a name of its own");
        }
    }

    private static Optional<CircuitBreaker.Limits> limits(Reading reading) {
        int failures = reading.get(SmsKeys.FAILOVER_FAILURES);
        var pause = reading.get(SmsKeys.FAILOVER_PAUSE);
        var longest = reading.get(SmsKeys.FAILOVER_LONGEST_PAUSE);
        boolean ordered = pause.compareTo(longest) <= 0;
        reading.check(ordered, SmsKeys.FAILOVER_LONGEST_PAUSE, "is shorter than " + SmsKeys.FAILOVER_PAUSE.path());
        return ordered ? Optional.of(new CircuitBreaker.Limits(failures, pause, longest)) : Optional.empty();
    }
}
