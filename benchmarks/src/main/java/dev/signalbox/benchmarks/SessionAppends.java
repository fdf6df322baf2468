package dev.signalbox.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Durable appends a second by 16 writers to 1,000 sessions, 200 bytes each. Each writer waits for its event to be on disk before it
 * sends the next; or, where a system takes that, for {@link #FLIGHT} of them. Counted afterwards in the store itself.
 */
final class SessionAppends implements AutoCloseable {
    private static final int WRITERS = 16;
    private static final int FLIGHT = 64;
    private static final int SESSIONS = 1_000;
    private static final byte[] PAYLOAD = new byte[200];

    /** What is measured: appends that are done when they are durable, and the number of all that are there. */
    private interface Store extends AutoCloseable {
        Future<?> append(String session) throws Exception;

        /** Whether {@link #append} returns before it is done. */
        boolean hasFlights();

        long count() throws Exception;

        @Override
        void close();
    }

    private final String system;
    private final Store store;
    private final AtomicLong appended = new AtomicLong();

    private SessionAppends(String system, Store store) {
        this.system = system;
        this.store = store;
    }

    static SessionAppends signalbox(String url) {
        return new SessionAppends("signalbox-postgresql", new Bus(url));
    }

    /** What one writes without thinking of it: an insert and a NOTIFY with the event, in one transaction, for each event. */
    static SessionAppends insertAndNotify(String url) {
        return new SessionAppends("insert-and-notify", new Naive(url));
    }

    /** Redis Streams with {@code appendfsync always}, over one connection that pipelines by itself, as Lettuce advises. */
    static SessionAppends redisStreams() {
        return new SessionAppends("redis-streams", new Redis());
    }

    List<Sample> measure(Duration duration) throws Exception {
        if (!store.hasFlights()) {
            return List.of(new Sample("durable appends, 16 writers", system, rate(duration, 1), "events/s"));
        }
        Duration half = duration.dividedBy(2);
        return List.of(
                new Sample("durable appends, 16 writers", system, rate(half, 1), "events/s"),
                new Sample("the same, 64 in flight each", system, rate(half, FLIGHT), "events/s"));
    }

    private double rate(Duration duration, int flight) throws Exception {
        long before = appended.get();
        long began = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<?>> writers = IntStream.range(0, WRITERS)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> write(i, began + duration.toNanos(), flight)))
                    .toList();
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        if (store.count() != appended.get()) {
            throw new IllegalStateException(
                    system + ": " + appended.get() + " were appended and " + store.count() + " are there");
        }
        return (appended.get() - before) / seconds;
    }

    private Object write(int writer, long end, int flight) throws Exception {
        List<Future<?>> under = new ArrayList<>(flight);
        for (int session = writer; System.nanoTime() < end; session = (session + WRITERS) % SESSIONS) {
            under.add(store.append("session-" + session));
            if (under.size() == flight) {
                land(under);
            }
        }
        land(under);
        return writer;
    }

    private void land(List<Future<?>> under) throws Exception {
        for (Future<?> one : under) {
            one.get();
        }
        appended.addAndGet(under.size());
        under.clear();
    }

    @Override
    public void close() {
        store.close();
    }

    private static long count(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select count(*) from " + table);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static final class Bus implements Store {
        private final SessionNode node;
        private final Database witness;

        Bus(String url) {
            node = new SessionNode(url);
            witness = Database.open(DatabaseConfig.of(url));
        }

        @Override
        public Future<?> append(String session) {
            return node.bus().sendAsync(session, PAYLOAD);
        }

        @Override
        public boolean hasFlights() {
            return true;
        }

        @Override
        public long count() {
            return witness.read(connection -> SessionAppends.count(connection, "session_event"));
        }

        @Override
        public void close() {
            node.close();
            witness.close();
        }
    }

    private static final class Naive implements Store {
        private final Database database;

        Naive(String url) {
            database = Database.open(DatabaseConfig.of(url).withPoolSize(WRITERS + 1));
            database.transact(connection -> connection
                    .createStatement()
                    .execute("create table event (id bigserial primary key, session text, payload bytea);"
                            + " create index on event (session, id)"));
        }

        @Override
        public Future<?> append(String session) {
            return CompletableFuture.completedFuture(database.transact(connection -> insert(connection, session)));
        }

        @Override
        public boolean hasFlights() {
            return false;
        }

        private static boolean insert(Connection connection, String session) throws SQLException {
            try (PreparedStatement insert = connection.prepareStatement(
                            "insert into event (session, payload) values (?, ?) returning id");
                    PreparedStatement notify = connection.prepareStatement("select pg_notify('event', ?)")) {
                insert.setString(1, session);
                insert.setBytes(2, PAYLOAD);
                insert.execute();
                notify.setString(1, session);
                return notify.execute();
            }
        }

        @Override
        public long count() {
            return database.read(connection -> SessionAppends.count(connection, "event"));
        }

        @Override
        public void close() {
            database.close();
        }
    }

    private static final class Redis implements Store {
        private static final byte[] FIELD = {'p'};

        private final RealRedis server = RealRedis.start("appendfsync always");
        private final RedisClient client = RedisClient.create(server.url());
        private final StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);

        @Override
        public Future<?> append(String session) {
            return connection.async().xadd(session.getBytes(UTF_8), Map.of(FIELD, PAYLOAD));
        }

        @Override
        public boolean hasFlights() {
            return true;
        }

        @Override
        public long count() {
            return IntStream.range(0, SESSIONS)
                    .mapToLong(i -> connection.sync().xlen(("session-" + i).getBytes(UTF_8)))
                    .sum();
        }

        @Override
        public void close() {
            client.shutdown();
            server.close();
        }
    }
}
