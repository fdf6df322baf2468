package dev.signalbox.server.observatory;

import dev.signalbox.observatory.AllowList;
import dev.signalbox.observatory.Destination;
import dev.signalbox.observatory.ObservatoryOptions;
import dev.signalbox.observatory.ObservatoryOptions.Batching;
import dev.signalbox.observatory.ObservatoryOptions.DeadLetters;
import dev.signalbox.observatory.ObservatoryOptions.Http;
import dev.signalbox.observatory.ObservatoryOptions.Memory;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.observatory.WireFormat;
import dev.signalbox.server.configuration.Reading;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What of the log is shipped, as configured. */
final class ObservatorySettings {
    /** What of the log is shipped, and what a destination is sent that a request names. */
    record LogShipping(ObservatoryOptions options, WireFormat contextFormat) {}

    private final Reading reading;

    ObservatorySettings(Reading reading) {
        this.reading = reading;
    }

    /** Reads every key, so that each mistake is named even where nothing is shipped. */
    Optional<LogShipping> compose(Path dataFolder) {
        var url = reading.find(ObservatoryKeys.URL);
        var token = reading.find(ObservatoryKeys.TOKEN);
        var allowed = reading.find(ObservatoryKeys.ALLOWED);
        var format = reading.get(ObservatoryKeys.FORMAT);
        var options = options()
                .withAllowed(allowed.orElse(AllowList.empty()))
                .withDeadLetters(new DeadLetters(
                        dataFolder.resolve("observatory").resolve("dead-letters"),
                        reading.get(ObservatoryKeys.DEAD_LETTERS)));
        var spooled = spool(dataFolder).map(options::withSpool).orElse(options);
        var contextFormat = reading.get(ObservatoryKeys.CONTEXT_FORMAT);
        reading.check(
                url.isPresent() || !reading.isGiven(ObservatoryKeys.TOKEN),
                ObservatoryKeys.TOKEN,
                "is given without " + ObservatoryKeys.URL.path());
        boolean plain = url.isEmpty() || url.get().getRawQuery() == null;
        reading.check(plain, ObservatoryKeys.URL, "must not have a query");
        if (!plain || (url.isEmpty() && allowed.isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(new LogShipping(
                url.map(to -> spooled.withDestination(destination(to, token.orElse(""), format)))
                        .orElse(spooled),
                contextFormat));
    }

    private static Destination destination(URI url, String token, WireFormat format) {
        return Destination.of(url, token, format);
    }

    private ObservatoryOptions options() {
        long memory = reading.get(ObservatoryKeys.MEMORY);
        var usual = Memory.DEFAULT;
        var http = Http.DEFAULT;
        var timeout = reading.get(ObservatoryKeys.TIMEOUT);
        return ObservatoryOptions.defaults()
                .withResource(Map.of("service.name", "signalbox"))
                .withBatching(new Batching(
                        Batching.DEFAULT.records(),
                        (int) Math.min(Batching.DEFAULT.bytes(), memory / 2),
                        reading.get(ObservatoryKeys.INTERVAL)))
                .withMemory(new Memory(
                        memory,
                        memory / 2,
                        usual.contexts(),
                        usual.idle(),
                        reading.get(ObservatoryKeys.WHEN_FULL),
                        usual.maxBlock()))
                .withHttp(new Http(
                        http.connectTimeout().compareTo(timeout) < 0 ? http.connectTimeout() : timeout,
                        timeout,
                        http.inFlight(),
                        reading.get(ObservatoryKeys.GZIP)));
    }

    private Optional<Spooling> spool(Path dataFolder) {
        var spool = Spooling.in(dataFolder.resolve("observatory").resolve("spool"))
                .withBytes(reading.get(ObservatoryKeys.SPOOL_SIZE))
                .withWindow(reading.get(ObservatoryKeys.SPOOL_WINDOW))
                .withAlways(reading.get(ObservatoryKeys.SPOOL_ALWAYS));
        return reading.get(ObservatoryKeys.SPOOL) ? Optional.of(spool) : Optional.empty();
    }
}
