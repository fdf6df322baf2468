package dev.signalbox.server.sms;

import dev.signalbox.delivery.sms.BirdProvider;
import dev.signalbox.delivery.sms.GenericProvider;
import dev.signalbox.delivery.sms.SinchProvider;
import dev.signalbox.delivery.sms.SmsCallbacks;
import dev.signalbox.delivery.sms.SmsLimit;
import dev.signalbox.delivery.sms.SmsOptions;
import dev.signalbox.delivery.sms.SmsProvider;
import dev.signalbox.delivery.sms.SnsProvider;
import dev.signalbox.delivery.sms.StatusContract;
import dev.signalbox.delivery.sms.TwilioProvider;
import dev.signalbox.delivery.sms.VonageProvider;
import dev.signalbox.server.configuration.DurationText;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.tls.Trust;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** One SMS provider as configured: the first, or a backup. */
final class SmsProviderSettings {
    /**
     * A provider and how it is asked.
     *
     * @param callbacks what it tells us, if that can be verified
     * @param nameKey the key of its name
     * @param index its place among the backups; of no meaning for the first
     */
    record Configured(
            String name,
            SmsProvider provider,
            SmsOptions options,
            Optional<SmsCallbacks> callbacks,
            Key<String> nameKey,
            int index) {}

    private final Reading reading;
    private final boolean isBackup;
    private final int index;

    private SmsProviderSettings(Reading reading, boolean isBackup, int index) {
        this.reading = reading;
        this.isBackup = isBackup;
        this.index = index;
    }

    /** The first provider; empty if there is none, or it cannot be made. */
    static Optional<Configured> first(Reading reading) {
        return new SmsProviderSettings(reading, false, 0).read();
    }

    /** A backup; empty if it cannot be made, which is a violation then. */
    static Optional<Configured> backup(Reading reading, int index) {
        return new SmsProviderSettings(reading, true, index).read();
    }

    private Optional<Configured> read() {
        var options = options();
        var provider = provider();
        var callbacks = callbacks();
        String name = find(SmsKeys.NAME).orElseGet(() -> Kind.written(get(SmsKeys.PROVIDER)));
        return provider.flatMap(
                made -> options.map(how -> new Configured(name, made, how, callbacks, placed(SmsKeys.NAME), index)));
    }

    private Optional<SmsCallbacks> callbacks() {
        Optional<URI> url = find(SmsKeys.CALLBACK);
        Optional<String> token = find(SmsKeys.PROVIDER_TOKEN);
        Optional<String> secret = find(SmsKeys.CALLBACK_SECRET);
        var signature = get(SmsKeys.CALLBACK_SIGNATURE);
        var clock = InstantSource.system();
        return switch (get(SmsKeys.PROVIDER)) {
            case TWILIO -> url.flatMap(at -> token.map(key -> SmsCallbacks.twilio(at, key)));
            case VONAGE -> secret.map(key -> SmsCallbacks.vonage(signature, key, clock));
            case SINCH -> secret.map(key -> SmsCallbacks.sinch(key, clock));
            case BIRD -> url.flatMap(at -> secret.map(key -> SmsCallbacks.bird(at, key, clock)));
            case GENERIC, SNS -> Optional.empty();
        };
    }

    private <T> Key<T> placed(Key<T> key) {
        return isBackup ? SmsKeys.ofBackup(key) : key;
    }

    private <T> T get(Key<T> key) {
        return reading.get(placed(key), index);
    }

    private <T> Optional<T> find(Key<T> key) {
        return reading.find(placed(key), index);
    }

    private boolean isGiven(Key<?> key) {
        return reading.isGiven(placed(key), index);
    }

    private void check(boolean holds, Key<?> key, String problem) {
        reading.check(holds, placed(key), index, problem);
    }

    private String path(Key<?> key) {
        return placed(key).at(index);
    }

    private Optional<SmsOptions> options() {
        var timeout = get(SmsKeys.TIMEOUT);
        var connect = find(SmsKeys.CONNECT_TIMEOUT).orElseGet(() -> usualConnectTimeout(timeout));
        int concurrency = get(SmsKeys.CONCURRENCY);
        var limit = new SmsLimit(reading.get(SmsKeys.MAX_LENGTH), reading.get(SmsKeys.MAX_SEGMENTS));
        var tooLong = reading.get(SmsKeys.TOO_LONG);
        var region = reading.find(SmsKeys.DEFAULT_REGION);
        boolean inTime = connect.compareTo(timeout) <= 0;
        check(inTime, SmsKeys.CONNECT_TIMEOUT, "is longer than " + path(SmsKeys.TIMEOUT));
        var trust = trust();
        return trust.filter(known -> inTime)
                .map(known -> new SmsOptions(timeout, connect, concurrency, limit, tooLong, region, known));
    }

    private static Duration usualConnectTimeout(Duration timeout) {
        var usual = DurationText.parse(SmsKeys.CONNECT_TIMEOUT.fallback().orElseThrow());
        return usual.compareTo(timeout) < 0 ? usual : timeout;
    }

    private Optional<Trust> trust() {
        Optional<Path> file = find(SmsKeys.CA_FILE);
        boolean insecure = get(SmsKeys.INSECURE);
        boolean used = !insecure || file.isEmpty();
        check(used, SmsKeys.CA_FILE, "has no effect with " + path(SmsKeys.INSECURE) + ": remove one of them");
        boolean readable = used
                && file.map(given -> reading.readable(placed(SmsKeys.CA_FILE), index, given))
                        .orElse(true);
        return readable ? made(SmsKeys.CA_FILE, () -> Trust.of(file, insecure)) : Optional.empty();
    }

    private Optional<SmsProvider> provider() {
        var which = get(SmsKeys.PROVIDER);
        var account = new Account(
                find(SmsKeys.URL),
                find(SmsKeys.ACCOUNT).orElse(""),
                find(SmsKeys.PROVIDER_TOKEN).orElse(""),
                find(SmsKeys.FROM).orElse(""),
                find(SmsKeys.CALLBACK));
        var contract = contract();
        boolean complete = which == SmsProviders.GENERIC ? genericIsComplete(account) : isComplete(which);
        return complete ? made(SmsKeys.PROVIDER, () -> provider(which, account, contract)) : Optional.empty();
    }

    private record Account(Optional<URI> url, String name, String token, String from, Optional<URI> callback) {}

    /** What is configured of a generic provider's contract. */
    private UnaryOperator<GenericProvider> contract() {
        String body = get(SmsKeys.BODY);
        String id = SmsKeys.place(get(SmsKeys.ID));
        List<String> failures = find(SmsKeys.FAILURES).map(SmsKeys::words).orElse(List.of());
        var statuses = StatusContract.usual().with(find(SmsKeys.STATUSES).orElse(""));
        Duration lifetime = isBackup ? Duration.ZERO : reading.get(SmsKeys.KEY_LIFETIME);
        return plain -> plain.withBody(body)
                .withId(id)
                .withFailures(failures)
                .withStatuses(statuses)
                .withKeyLifetime(lifetime);
    }

    /** Without a URL, there is no first provider. A backup that is named has to be one. */
    private boolean genericIsComplete(Account account) {
        check(isGiven(SmsKeys.URL) || !isBackup, SmsKeys.URL, "is required");
        boolean told = isGiven(SmsKeys.PROVIDER_TOKEN) || !isGiven(SmsKeys.URL);
        check(told, SmsKeys.PROVIDER_TOKEN, "is required with " + path(SmsKeys.URL));
        return account.url().isPresent() && !account.token().isEmpty();
    }

    /** What was given and cannot be read is a violation already. */
    private boolean isComplete(SmsProviders which) {
        List<Key<?>> needed = which == SmsProviders.SNS
                ? List.of(SmsKeys.URL, SmsKeys.ACCOUNT, SmsKeys.PROVIDER_TOKEN, SmsKeys.FROM)
                : List.of(SmsKeys.ACCOUNT, SmsKeys.PROVIDER_TOKEN, SmsKeys.FROM);
        String why = "is required with " + path(SmsKeys.PROVIDER) + "=" + Kind.written(which);
        needed.forEach(key -> check(isGiven(key), key, why));
        return needed.stream().allMatch(key -> find(key).isPresent());
    }

    private static SmsProvider provider(SmsProviders which, Account account, UnaryOperator<GenericProvider> contract) {
        return switch (which) {
            case GENERIC -> contract.apply(GenericProvider.of(account.url().orElseThrow(), account.token()));
            case TWILIO -> {
                URI root = account.url().orElse(TwilioProvider.USUAL_URL);
                var twilio = TwilioProvider.of(root, account.name(), account.token(), account.from());
                yield account.callback().map(twilio::withCallback).orElse(twilio);
            }
            case VONAGE -> {
                URI root = account.url().orElse(VonageProvider.USUAL_URL);
                var vonage = VonageProvider.of(root, account.name(), account.token(), account.from());
                yield account.callback().map(vonage::withCallback).orElse(vonage);
            }
            case SINCH -> {
                URI root = account.url().orElse(SinchProvider.USUAL_URL);
                var sinch = SinchProvider.of(root, account.name(), account.token(), account.from());
                yield account.callback().map(sinch::withCallback).orElse(sinch);
            }
            case BIRD -> {
                URI root = account.url().orElse(BirdProvider.USUAL_URL);
                yield BirdProvider.of(root, account.name(), account.from(), account.token());
            }
            case SNS -> {
                URI region = account.url().orElseThrow();
                yield SnsProvider.of(region, account.name(), account.token(), account.from(), InstantSource.system());
            }
        };
    }

    private <T> Optional<T> made(Key<?> key, Supplier<T> making) {
        try {
            return Optional.of(making.get());
        } catch (IllegalArgumentException e) {
            check(false, key, FailureText.of(e));
            return Optional.empty();
        }
    }
}
