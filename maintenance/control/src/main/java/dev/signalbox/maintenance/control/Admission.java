package dev.signalbox.maintenance.control;

/** Whether a node takes work. Apart from its role, its health, and whether its dispatch is paused. */
public enum Admission {
    /** It takes work. */
    OPEN,
    /** It takes nothing new, and what is under way ends; or it is about to open again. */
    DRAINING,
    /** It takes nothing, and what could end has ended. */
    CLOSED
}
