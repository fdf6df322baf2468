package dev.signalbox.maintenance.control;

/**
 * The order in which a node drains. A phase begins when the one before it is over; inside a phase all drain at once. Opening goes
 * the other way.
 */
public enum Phase {
    /** Others are told: load balancers, health checks, callers. */
    ANNOUNCE,
    /** Entrances close, and the requests inside them end. */
    INTAKE,
    /** Work that no request waits for ends: dispatchers, consumers. */
    WORK,
    /** What work needs is given back: connections, pools. */
    RESOURCES
}
