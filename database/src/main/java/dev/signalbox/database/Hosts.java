package dev.signalbox.database;

/** Hosts with their ports. */
final class Hosts {
    /** A name or address, an IPv6 one in brackets, with a port from 1 to 65535 if there is one. */
    static final String ONE = "(?:\\[[0-9A-Fa-f:.%]+]|[^/@:,;()\\[\\]\\s]+)"
            + "(?::(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5]))?";

    private Hosts() {}
}
