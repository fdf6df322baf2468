package dev.signalbox.session.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Place;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other nodes by NOTIFY which sessions have new events: after the commit, for a NOTIFY within it would make all commits
 * of the database wait for one another; and for all that was committed in the meantime at once. Each payload is at most
 * 8,000 bytes, and names sessions as {@code offset:session}, separated by blanks, which sessions' names cannot have; what does not
 * fit into {@link #PAYLOADS} is told as {@link #SOMEWHERE}. All of it may get lost. Thread-safe.
 */
final class PostgresNotifier {
    static final String CHANNEL = "signalbox_session";
    static final String SOMEWHERE = "*";

    private static final Logger LOG = LoggerFactory.getLogger(PostgresNotifier.class);
    private static final int PAYLOAD_BYTES = 7_900;
    private static final int PAYLOADS = 16;
    /** What comes in this time after a NOTIFY goes into the next. */
    private static final Duration PAUSE = Duration.ofMillis(2);

    /**
     * What is told may get lost, so its transaction does not wait for the disk, which the next append is about to use. The setting ends with
     * the transaction.
     */
    private static final String NOTIFY = "select pg_notify('" + CHANNEL
            + "', p), set_config('synchronous_commit', 'off', true) from unnest(?::text[]) as p";

    private final Connections connections;
    private final ConcurrentHashMap<String, Long> changed = new ConcurrentHashMap<>();
    private final AtomicBoolean telling = new AtomicBoolean();

    PostgresNotifier(Connections connections) {
        this.connections = connections;
    }

    /** Returns at once. */
    void changed(Append batch, List<Place> places) {
        for (int i = 0; i < places.size(); i++) {
            changed.merge(batch.entries().get(i).session(), places.get(i).offset(), Math::max);
        }
        tellOthers();
    }

    /** On a platform thread: a virtual one would get the end of each pause, and each answer, through other threads, which costs more. */
    private void tellOthers() {
        if (telling.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("signalbox-session-notify").start(this::tellAll);
        }
    }

    private void tellAll() {
        try {
            while (!changed.isEmpty()) {
                tell(payloads());
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            telling.set(false);
        }
        if (!changed.isEmpty()) {
            tellOthers(); // Who added one a moment ago still saw this thread at it.
        }
    }

    /** What changed since the last time. */
    private List<String> payloads() {
        List<String> payloads = new ArrayList<>();
        StringBuilder payload = new StringBuilder();
        int bytes = 0;
        for (String session : changed.keySet()) {
            Long last = changed.remove(session);
            String one = last + ":" + session;
            int size = one.getBytes(UTF_8).length + 1;
            if (bytes + size > PAYLOAD_BYTES) {
                payloads.add(payload.toString());
                payload.setLength(0);
                bytes = 0;
            }
            payload.append(bytes == 0 ? "" : " ").append(one);
            bytes += size;
        }
        payloads.add(payload.toString());
        return payloads.size() > PAYLOADS ? List.of(SOMEWHERE) : payloads;
    }

    private void tell(List<String> payloads) {
        try {
            connections.use(connection -> tell(connection, payloads));
        } catch (DatabaseException e) {
            LOG.debug("other nodes were not told of new events and will find them by looking", e);
        }
    }

    static int tell(Connection connection, List<String> payloads) throws SQLException {
        try (Query query = Query.of(connection, NOTIFY)) {
            return query.with(payloads.toArray(String[]::new)).list(row -> true).size();
        }
    }
}
