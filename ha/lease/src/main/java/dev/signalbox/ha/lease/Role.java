package dev.signalbox.ha.lease;

/** What a node is in an election. */
public enum Role {
    STANDBY,
    LEADER
}
