package dev.signalbox.server.leases;

import dev.signalbox.ha.lease.LeaseOptions;
import dev.signalbox.server.configuration.Reading;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/** Who sends, and how the one that does is found. */
record LeaseSettings(Active active, String group, String node, LeaseOptions options) {
    private static final Duration OFTEN = Duration.ofMillis(100);
    private static final Duration SELDOM = Duration.ofSeconds(1);

    /** Which nodes send. */
    enum Active {
        ALL,
        ONE
    }

    static LeaseSettings read(Reading reading) {
        Duration ttl = reading.get(LeaseKeys.LEASE);
        return new LeaseSettings(
                reading.get(LeaseKeys.ACTIVE),
                reading.get(LeaseKeys.GROUP),
                reading.find(LeaseKeys.NODE).orElseGet(LeaseSettings::host),
                LeaseOptions.DEFAULT.withTtl(ttl).withPoll(poll(ttl)));
    }

    /** A twentieth of the time to live, within bounds. */
    private static Duration poll(Duration ttl) {
        Duration poll = ttl.dividedBy(20);
        if (poll.compareTo(OFTEN) < 0) {
            return OFTEN;
        }
        return poll.compareTo(SELDOM) > 0 ? SELDOM : poll;
    }

    private static String host() {
        return hostName().replaceAll("[^A-Za-z0-9_.-]", "-") + "-"
                + ProcessHandle.current().pid();
    }

    /** A machine whose name cannot be resolved has leases all the same. */
    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "node";
        }
    }
}
