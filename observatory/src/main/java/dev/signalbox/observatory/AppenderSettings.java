package dev.signalbox.observatory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What can be set of an appender in a logging framework's configuration, as its texts. For one thread. */
final class AppenderSettings {
    String url = "";
    String token = "";
    final Map<String, String> headers = new LinkedHashMap<>();
    WireFormat format = WireFormat.EVERWORKER;
    String spoolFolder = "";
    String deadLetterFolder = "";
    String service = "";
    WhenFull whenFull = WhenFull.DROP_OLDEST;
    int longestRecord;
    Duration closeWithin = Duration.ofSeconds(5);
    final List<String> allowed = new ArrayList<>();

    /** One of the constants, whatever its case and whichever of {@code -} and {@code _} is written. */
    static <E extends Enum<E>> E constant(Class<E> type, String text) {
        return Enum.valueOf(type, text.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** {@code Name: value}, as in HTTP. */
    void header(String line) {
        int colon = line.indexOf(':');
        Preconditions.check(colon > 0, "a header is written as Name: value");
        headers.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
    }

    /** @throws IllegalArgumentException if something is missing or does not fit, without secrets */
    ObservatoryOptions options() {
        Preconditions.check(!url.isBlank(), "url is missing");
        var options = ObservatoryOptions.to(destination())
                .withAllowed(AllowList.of(allowed))
                .withLongestRecord(longestRecord)
                .withMemory(ObservatoryOptions.Memory.DEFAULT.with(whenFull));
        if (!service.isEmpty()) {
            options = options.withResource(Map.of("service.name", service));
        }
        if (!spoolFolder.isEmpty()) {
            options = options.withSpool(ObservatoryOptions.Spooling.in(Path.of(spoolFolder)));
        }
        return deadLetterFolder.isEmpty()
                ? options
                : options.withDeadLetters(ObservatoryOptions.DeadLetters.in(Path.of(deadLetterFolder)));
    }

    private Destination destination() {
        return new Destination(Destination.parse(url), token, format, "", headers);
    }
}
