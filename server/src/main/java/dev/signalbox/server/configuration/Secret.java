package dev.signalbox.server.configuration;

/** A value that is never shown: not in logs, not in errors, not in the printed configuration. */
public record Secret(String value) {
    public static final String MASK = "***";

    @Override
    public String toString() {
        return MASK;
    }
}
