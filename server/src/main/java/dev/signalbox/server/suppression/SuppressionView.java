package dev.signalbox.server.suppression;

import dev.signalbox.delivery.suppression.Suppression;
import dev.signalbox.server.configuration.Kind;
import java.time.Instant;
import java.util.Optional;

/** An entry as REST shows it. */
record SuppressionView(
        String to, Optional<String> category, String reason, String source, Optional<String> note, Instant since) {

    static SuppressionView of(Suppression entry) {
        return new SuppressionView(
                entry.channel() + ":" + entry.address(),
                entry.category(),
                Kind.written(entry.reason()),
                entry.source(),
                entry.note(),
                entry.since());
    }
}
