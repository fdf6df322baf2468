package dev.signalbox.system;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.ha.etcd.EtcdLeases;
import dev.signalbox.ha.lease.Clocks;
import dev.signalbox.ha.lease.DatabaseLeases;
import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.ElectionListener;
import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LeaseOptions;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.Leases;
import dev.signalbox.ha.lease.LossReason;
import dev.signalbox.ha.redis.RedisLeases;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import io.lettuce.core.RedisClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that stands for one election on each of several stores, and acts while it leads. It tells on standard output, a line each:
 * {@code STORE standing}, {@code STORE elected EPOCH}, {@code STORE lost EPOCH}, and for each thing that it does
 * {@code STORE wrote EPOCH NANOS}, where at the time NANOS of the machine's monotonic clock it held the lease. A line on standard input
 * sets its wall clock off by so many seconds; it ends with that input.
 */
final class LeaseNode {
    static final String STANDING = "standing";
    static final String ELECTED = "elected";
    static final String LOST = "lost";
    static final String WROTE = "wrote";

    /** The name of the store whose leases may be taken before they run out. */
    static final String EARLY_TAKEOVER = "postgresql-early-takeover";

    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final LeaseOptions OPTIONS = LeaseOptions.DEFAULT
            .withTtl(Duration.ofSeconds(2))
            .withPoll(Duration.ofMillis(50))
            .withStandAside(Duration.ZERO);

    private static final Clocks CLOCKS = new Clocks(System::nanoTime, LeaseNode::wallTime);

    private static volatile Duration off = Duration.ZERO;

    private LeaseNode() {}

    private static Instant wallTime() {
        return Instant.now().plus(off);
    }

    /** Arguments: the node's name, then {@code store=URL} for each store. */
    public static void main(String[] arguments) throws IOException {
        Logging.configure(LogFormat.PLAIN, LogLevel.ERROR); // to standard error
        for (String each : List.of(arguments).subList(1, arguments.length)) {
            int at = each.indexOf('=');
            String name = each.substring(0, at);
            LeaseStore store = open(name, each.substring(at + 1));
            Election election = Leases.in(store, arguments[0], CLOCKS).elect("work", OPTIONS, new Telling(name));
            tell(name + " " + STANDING);
            Thread.ofPlatform().daemon().start(() -> act(name, election));
        }
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            off = Duration.ofSeconds(Long.parseLong(line));
        }
        System.exit(0);
    }

    private static LeaseStore open(String name, String url) {
        if (url.startsWith("redis:")) {
            return RedisLeases.open(RedisClient.create(url), "fault:", TIMEOUT);
        }
        if (url.startsWith("http:")) {
            return EtcdLeases.open(
                    HttpClient.newHttpClient(), List.of(URI.create(url)), "/fault/", Optional.empty(), TIMEOUT);
        }
        DatabaseConfig config = DatabaseConfig.of(url).withPoolSize(2).withConnectTimeout(Duration.ofSeconds(20));
        Database database = Database.open(config);
        return name.equals(EARLY_TAKEOVER)
                ? DatabaseLeases.openWithEarlyTakeover(database)
                : DatabaseLeases.open(database);
    }

    /** The lease was held before the moment and after it, and a term never comes back: so it was held then. */
    private static void act(String store, Election election) {
        while (true) {
            Optional<Lease> lease = election.lease();
            long moment = System.nanoTime();
            lease.filter(Lease::isHeld)
                    .ifPresent(held -> tell(store + " " + WROTE + " " + held.epoch() + " " + moment));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private static synchronized void tell(String line) {
        System.out.println(line);
    }

    private record Telling(String store) implements ElectionListener {
        @Override
        public void elected(Lease lease) {
            tell(store + " " + ELECTED + " " + lease.epoch());
        }

        @Override
        public void lost(Lease lease, LossReason reason) {
            tell(store + " " + LOST + " " + lease.epoch());
        }
    }
}
