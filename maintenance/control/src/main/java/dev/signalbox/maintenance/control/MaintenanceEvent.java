package dev.signalbox.maintenance.control;

import java.time.Instant;
import java.util.Map;

/**
 * Something that happened.
 *
 * @param source who tells it: a source, a participant, or {@code maintenance} itself
 * @param what in a few words, such as {@code draining}
 * @param details more about it, by name
 */
public record MaintenanceEvent(Instant at, Kind kind, String source, String what, Map<String, String> details) {
    public MaintenanceEvent {
        details = Map.copyOf(details);
    }

    /** What an event is about. Applications may add kinds of their own. */
    public record Kind(String name) {
        /** The admission changed, or a source said something new. */
        public static final Kind MAINTENANCE = new Kind("maintenance");

        public static final Kind CONFIGURATION = new Kind("configuration");

        /** A source is lost or back, or a participant failed. */
        public static final Kind HEALTH = new Kind("health");
    }
}
