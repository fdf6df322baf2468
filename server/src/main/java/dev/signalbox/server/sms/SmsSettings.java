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

/**
 * The SMS provider as configured. Reads every key, so that each mistake is named even where others prevent the sender.
 */
final class SmsSettings {
    /**
     * Who sends, and how.
     *
     * @param callbacks what the provider tells us, if that can be verified
     */
    record Sending(SmsProvider provider, SmsOptions options, Optional<SmsCallbacks> callbacks) {}

    private final Reading reading;

    private SmsSettings(Reading reading) {
        this.reading = reading;
    }

    /** Empty without a provider. */
    static Optional<Sending> read(Reading reading) {
        var settings = new SmsSettings(reading);
        var options = settings.options();
        var provider = settings.provider();
        var callbacks = settings.callbacks();
        return provider.flatMap(made -> options.map(how -> new Sending(made, how, callbacks)));
    }

    private Optional<SmsCallbacks> callbacks() {
        Optional<URI> url = reading.find(SmsKeys.CALLBACK);
        Optional<String> token = reading.find(SmsKeys.PROVIDER_TOKEN);
        Optional<String> secret = reading.find(SmsKeys.CALLBACK_SECRET);
        var signature = reading.get(SmsKeys.CALLBACK_SIGNATURE);
        var clock = InstantSource.system();
        return switch (reading.get(SmsKeys.PROVIDER)) {
            case TWILIO -> url.flatMap(at -> token.map(key -> SmsCallbacks.twilio(at, key)));
            case VONAGE -> secret.map(key -> SmsCallbacks.vonage(signature, key, clock));
            case SINCH -> secret.map(key -> SmsCallbacks.sinch(key, clock));
            case BIRD -> url.flatMap(at -> secret.map(key -> SmsCallbacks.bird(at, key, clock)));
            case GENERIC, SNS -> Optional.empty();
        };
    }

    private Optional<SmsOptions> options() {
        var timeout = reading.get(SmsKeys.TIMEOUT);
        var connect = reading.find(SmsKeys.CONNECT_TIMEOUT).orElseGet(() -> usualConnectTimeout(timeout));
        int concurrency = reading.get(SmsKeys.CONCURRENCY);
        var limit = new SmsLimit(reading.get(SmsKeys.MAX_LENGTH), reading.get(SmsKeys.MAX_SEGMENTS));
        var tooLong = reading.get(SmsKeys.TOO_LONG);
        var region = reading.find(SmsKeys.DEFAULT_REGION);
        boolean inTime = connect.compareTo(timeout) <= 0;
        reading.check(inTime, SmsKeys.CONNECT_TIMEOUT, "is longer than " + SmsKeys.TIMEOUT.path());
        var trust = trust();
        return trust.filter(known -> inTime)
                .map(known -> new SmsOptions(timeout, connect, concurrency, limit, tooLong, region, known));
    }

    private static Duration usualConnectTimeout(Duration timeout) {
        var usual = DurationText.parse(SmsKeys.CONNECT_TIMEOUT.fallback().orElseThrow());
        return usual.compareTo(timeout) < 0 ? usual : timeout;
    }

    private Optional<Trust> trust() {
        Optional<Path> file = reading.find(SmsKeys.CA_FILE);
        boolean insecure = reading.get(SmsKeys.INSECURE);
        boolean used = !insecure || file.isEmpty();
        reading.check(used, SmsKeys.CA_FILE, "has no effect with delivery.sms.insecure: remove one of them");
        boolean readable = used
                && file.map(given -> reading.readable(SmsKeys.CA_FILE, given)).orElse(true);
        return readable ? made(SmsKeys.CA_FILE, () -> Trust.of(file, insecure)) : Optional.empty();
    }

    private Optional<SmsProvider> provider() {
        var which = reading.get(SmsKeys.PROVIDER);
        var account = new Account(
                reading.find(SmsKeys.URL),
                reading.find(SmsKeys.ACCOUNT).orElse(""),
                reading.find(SmsKeys.PROVIDER_TOKEN).orElse(""),
                reading.find(SmsKeys.FROM).orElse(""),
                reading.find(SmsKeys.CALLBACK));
        var contract = contract();
        boolean complete = which == SmsProviders.GENERIC ? genericIsComplete(account) : isComplete(which);
        return complete ? made(SmsKeys.PROVIDER, () -> provider(which, account, contract)) : Optional.empty();
    }

    private record Account(Optional<URI> url, String name, String token, String from, Optional<URI> callback) {}

    /** What is configured of a generic provider's contract. */
    private UnaryOperator<GenericProvider> contract() {
        String body = reading.get(SmsKeys.BODY);
        String id = SmsKeys.place(reading.get(SmsKeys.ID));
        List<String> failures =
                reading.find(SmsKeys.FAILURES).map(SmsKeys::words).orElse(List.of());
        var statuses =
                StatusContract.usual().with(reading.find(SmsKeys.STATUSES).orElse(""));
        Duration lifetime = reading.get(SmsKeys.KEY_LIFETIME);
        return plain -> plain.withBody(body)
                .withId(id)
                .withFailures(failures)
                .withStatuses(statuses)
                .withKeyLifetime(lifetime);
    }

    private boolean genericIsComplete(Account account) {
        boolean told = reading.isGiven(SmsKeys.PROVIDER_TOKEN) || !reading.isGiven(SmsKeys.URL);
        reading.check(told, SmsKeys.PROVIDER_TOKEN, "is required with " + SmsKeys.URL.path());
        return account.url().isPresent() && !account.token().isEmpty();
    }

    /** What was given and cannot be read is a violation already. */
    private boolean isComplete(SmsProviders which) {
        List<Key<?>> needed = which == SmsProviders.SNS
                ? List.of(SmsKeys.URL, SmsKeys.ACCOUNT, SmsKeys.PROVIDER_TOKEN, SmsKeys.FROM)
                : List.of(SmsKeys.ACCOUNT, SmsKeys.PROVIDER_TOKEN, SmsKeys.FROM);
        String why = "is required with " + SmsKeys.PROVIDER.path() + "=" + Kind.written(which);
        needed.forEach(key -> reading.check(reading.isGiven(key), key, why));
        return needed.stream().allMatch(key -> reading.find(key).isPresent());
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
            reading.check(false, key, FailureText.of(e));
            return Optional.empty();
        }
    }
}
