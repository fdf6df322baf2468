package dev.signalbox.server.node;

/** How one component fares, or a whole node: the worst of its components. */
public enum Health {
    UP,
    DEGRADED,
    DOWN;

    /**
     * How a component fares, and why.
     *
     * @param reason in words for the operator; empty if it is well
     */
    public record Report(Health health, String reason) {
        public static final Report WELL = new Report(UP, "");

        public static Report degraded(String reason) {
            return new Report(DEGRADED, reason);
        }

        public static Report down(String reason) {
            return new Report(DOWN, reason);
        }
    }
}
