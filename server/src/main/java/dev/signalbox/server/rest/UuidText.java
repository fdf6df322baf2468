package dev.signalbox.server.rest;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Ids of messages. */
public final class UuidText {
    private UuidText() {}

    /** Reads the canonical form only; {@link UUID#fromString} alone also takes {@code 1-1-1-1-1}. */
    public static Optional<UUID> parse(String text) {
        try {
            UUID id = UUID.fromString(text);
            return id.toString().equals(text.toLowerCase(Locale.ROOT)) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException notAUuid) {
            return Optional.empty();
        }
    }
}
