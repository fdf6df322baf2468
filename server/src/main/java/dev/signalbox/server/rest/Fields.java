package dev.signalbox.server.rest;

import java.util.Optional;

/** The plain fields of one message, by their names in JSON, however they were written. */
public interface Fields {
    /** The caller's own word for a field. */
    String shown(String name);

    /** Whether it is there and not empty. */
    boolean has(String name);

    /** Its text; empty if it is absent, or is something else, which has then been noted as a violation. */
    Optional<String> text(String name);

    Optional<Integer> integer(String name);
}
