package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.RecurringMessage;
import dev.signalbox.server.rest.InvalidMessageException;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Violation;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Makes messages of recurring ones. Thread-safe. */
record RecurringReader(ReachReader reader) {
    /** What means a single message, or a single moment. */
    private static final Set<String> OF_ONE =
            Set.of("id", "dedupeKey", "dedupeWindow", "at", "expiresAt", "traceparent");

    /** What is wrong with the message, as it stands now: a template that it is made of may change. */
    List<Violation> violations(JsonNode message) {
        List<Violation> ofOne = message.propertyNames().stream()
                .filter(OF_ONE::contains)
                .sorted()
                .map(name -> new Violation("message." + name, "belongs to a single message; leave it out"))
                .toList();
        if (!ofOne.isEmpty()) {
            return ofOne;
        }
        try {
            reader.read(message);
            return List.of();
        } catch (InvalidMessageException invalid) {
            return invalid.violations().stream()
                    .map(wrong -> new Violation(
                            wrong.field().isEmpty() ? "message" : "message." + wrong.field(), wrong.message()))
                    .toList();
        }
    }

    /** The message for one time. Throws IllegalArgumentException, saying all that is wrong, if it makes none any more. */
    Reach read(RecurringMessage due) {
        try {
            return reader.read(Json.read(due.message()));
        } catch (InvalidMessageException invalid) {
            throw new IllegalArgumentException(
                    invalid.violations().stream()
                            .map(wrong -> wrong.field() + " " + wrong.message())
                            .collect(Collectors.joining("; ")),
                    invalid);
        } catch (Json.Malformed malformed) {
            throw new IllegalArgumentException("the message is not JSON", malformed);
        }
    }
}
