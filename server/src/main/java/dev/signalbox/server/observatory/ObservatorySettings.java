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
import dev.signalbox.server.configuration.FailureText;
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
        var allowed = reading.find(ObservatoryKeys.ALLOWED);
        var options = options()
                .withAllowed(allowed.orElse(AllowList.empty()))
                .withDeadLetters(new DeadLetters(
                        dataFolder.resolve("observatory").resolve("dead-letters"),
                        reading.get(ObservatoryKeys.DEAD_LETTERS)));
        var spooled = spool(dataFolder).map(options::withSpool).orElse(options);
        var contextFormat = reading.get(ObservatoryKeys.CONTEXT_FORMAT);
        var destination = destination();
        if (destination.isEmpty() && allowed.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new LogShipping(destination.map(spooled::withDestination).orElse(spooled), contextFormat));
    }

    /** Where this server's own log goes. */
    private Optional<Destination> destination() {
        var url = reading.find(ObservatoryKeys.URL);
        var token = reading.find(ObservatoryKeys.TOKEN).orElse("");
        var headers = reading.named(ObservatoryKeys.HEADERS);
        var format = reading.get(ObservatoryKeys.FORMAT);
        boolean wanted = reading.isGiven(ObservatoryKeys.URL);
        String alone = "is given without " + ObservatoryKeys.URL.path();
        reading.check(wanted || !reading.isGiven(ObservatoryKeys.TOKEN), ObservatoryKeys.TOKEN, alone);
        reading.check(wanted || headers.isEmpty(), ObservatoryKeys.HEADERS, alone);
        return url.flatMap(to -> destination(to, token, format, headers));
    }

    private Optional<Destination> destination(URI url, String token, WireFormat format, Map<String, String> headers) {
        try {
            return Optional.of(new Destination(url, token, format, "", headers));
        } catch (IllegalArgumentException e) {
            reading.check(false, ObservatoryKeys.HEADERS, FailureText.of(e));
            return Optional.empty();
        }
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
                .withLongestRecord(Math.toIntExact(reading.get(ObservatoryKeys.LONGEST_RECORD)))
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
