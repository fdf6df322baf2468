package dev.signalbox.benchmarks;

import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.ElectionListener;
import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LeaseOptions;
import dev.signalbox.ha.lease.Leases;
import dev.signalbox.ha.lease.LossReason;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A process that stands for an election and tells on standard output what becomes of it: {@code standing 0} when it has seen who leads,
 * {@code elected EPOCH}, {@code lost EPOCH}. The line {@code handover} on standard input makes it hand over; the end of the input ends it.
 */
final class FailoverNode {
    static final Duration POLL = Duration.ofMillis(20);

    private static final Duration TTL = Duration.ofSeconds(1);

    /** How long one that handed over leaves the lease to others, unless it sees one lead before. */
    private static final Duration STAND_ASIDE = Duration.ofSeconds(2);

    private FailoverNode() {}

    static void main(String[] arguments) throws Exception {
        Logging.configure(LogFormat.PLAIN, LogLevel.ERROR);
        String url = arguments[0];
        LeaseOptions options = LeaseOptions.DEFAULT.withTtl(TTL).withPoll(POLL).withStandAside(STAND_ASIDE);
        try (LeasePlace place = LeasePlace.open(url);
                Election election = Leases.in(place.store(), arguments[1]).elect("bench", options, new Telling());
                var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            while (orders.readLine() != null) {
                election.handOver(Duration.ofSeconds(1));
            }
        }
    }

    private static final class Telling implements ElectionListener {
        @Override
        public void leaderChanged(Optional<String> owner) {
            if (owner.isPresent()) {
                System.out.println("standing 0");
            }
        }

        @Override
        public void elected(Lease lease) {
            System.out.println("elected " + lease.epoch());
        }

        @Override
        public void lost(Lease lease, LossReason reason) {
            System.out.println("lost " + lease.epoch());
        }
    }
}
