package dev.signalbox.session.bus;

import java.util.List;

/**
 * How a bus is at the moment.
 *
 * @param problems in words for the operator, without secrets; empty if it is {@link Status#UP}
 */
public record BusHealth(Status status, List<String> problems) {
    /** From good to bad. */
    public enum Status {
        UP,
        /** It works, and something does not: new events are found late, or old ones not removed, or some reads refused. */
        DEGRADED,
        /** Events can be neither appended nor read. */
        DOWN
    }

    public BusHealth {
        problems = List.copyOf(problems);
    }
}
