package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Pauses and the state of lanes, in SQL that every database takes. Each number is a probe of an index or a count up to a bound. */
final class JdbcFlow implements FlowControl {
    private static final int BOUND = 10_000;

    private static final String PAUSE = "insert into delivery_pause (lane, since, actor, note) values (?, ?, ?, ?)";

    private final Database database;
    private final Dialect dialect;

    /** Names the lanes, but for those that only have due messages. */
    private final String names;

    private final String due;
    private final String later;
    private final DueMessages dueMessages;
    private final Store store;
    private final Time time;
    private final Wake wake;

    JdbcFlow(Database database, Store store, Time time, Wake wake) {
        this.database = database;
        this.dialect = database.dialect();
        this.names = """
                select lane from delivery_lane
                union select lane from delivery_lease
                union select lane from delivery_pause
                union select lane from (select lane from delivery_later order by run_at, id%s) w
                """.formatted(dialect.limit(BOUND));
        this.due = "select count(*) from (select 1 as one from delivery_ready where lane = ?"
                + dialect.limitInAnyOrder(BOUND + 1) + ") q";
        this.later = "select lane, count(*) from (select lane from delivery_later order by run_at, id"
                + dialect.limit(BOUND + 1) + ") q group by lane";
        this.dueMessages = new DueMessages(dialect);
        this.store = store;
        this.time = time;
        this.wake = wake;
    }

    private static String name(Optional<Channel> channel) {
        return channel.map(Channel::name).orElse(LaneLimits.ALL);
    }

    @Override
    public Pause pause(Optional<Channel> channel, Remark remark) {
        long now = time.now();
        Pause standing = JdbcQueue.guarded(() -> database.transact(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(dialect.ifAbsent(PAUSE))) {
                statement.setString(1, name(channel));
                statement.setLong(2, now);
                statement.setString(3, remark.actor().orElse(null));
                statement.setString(4, remark.note().orElse(null));
                statement.executeUpdate();
            }
            // One that is ended by another call at this moment was ours all the same.
            return Optional.ofNullable(pauses(connection).get(name(channel)))
                    .orElseGet(() -> new Pause(channel, Micros.instant(now), remark));
        }));
        wake.lookAgain();
        return standing;
    }

    @Override
    public boolean resume(Optional<Channel> channel) {
        boolean ended = JdbcQueue.guarded(() -> database.autoCommit(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("delete from delivery_pause where lane = ?")) {
                statement.setString(1, name(channel));
                return statement.executeUpdate() == 1;
            }
        }));
        wake.lookAgain();
        return ended;
    }

    @Override
    public List<Pause> pauses() {
        Map<String, Pause> pauses = JdbcQueue.guarded(() -> database.read(JdbcFlow::pauses));
        return pauses.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }

    private static Map<String, Pause> pauses(Connection connection) throws SQLException {
        Map<String, Pause> pauses = new HashMap<>();
        try (PreparedStatement statement =
                        connection.prepareStatement("select lane, since, actor, note from delivery_pause");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                String lane = row.getString("lane");
                Remark remark = new Remark(
                        Optional.ofNullable(row.getString("actor")), Optional.ofNullable(row.getString("note")));
                pauses.put(lane, new Pause(Channel.named(lane), Micros.instant(row.getLong("since")), remark));
            }
        }
        return pauses;
    }

    @Override
    public List<LaneStatus> lanes() {
        long now = time.now();
        return JdbcQueue.guarded(() -> database.read(connection -> lanes(connection, now)));
    }

    private List<LaneStatus> lanes(Connection connection, long now) throws SQLException {
        Map<String, Pause> pauses = pauses(connection);
        Map<Channel, Long> underWay = store.underWay(connection);
        Map<String, Long> later = later(connection);
        boolean exactLater = later.values().stream().mapToLong(n -> n).sum() <= BOUND;
        List<LaneStatus> lanes = new ArrayList<>();
        for (Channel channel : names(connection)) {
            long due = number(connection, this.due, channel);
            lanes.add(new LaneStatus(
                    channel,
                    Math.min(due, BOUND),
                    later.getOrDefault(channel.name(), 0L),
                    exactLater && due <= BOUND,
                    underWay.getOrDefault(channel, 0L),
                    dueMessages.oldest(connection, channel.name()),
                    isServed(connection, channel, now),
                    pause(pauses, channel)));
        }
        return lanes;
    }

    private static Optional<Pause> pause(Map<String, Pause> pauses, Channel channel) {
        return Optional.ofNullable(pauses.get(channel.name()))
                .or(() -> Optional.ofNullable(pauses.get(LaneLimits.ALL)));
    }

    private Set<Channel> names(Connection connection) throws SQLException {
        Set<Channel> names = new TreeSet<>(Comparator.comparing(Channel::name));
        dueMessages.lanes(connection).forEach(lane -> Channel.named(lane).ifPresent(names::add));
        try (PreparedStatement statement = connection.prepareStatement(this.names);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Channel.named(row.getString(1)).ifPresent(names::add);
            }
        }
        return names;
    }

    private Map<String, Long> later(Connection connection) throws SQLException {
        Map<String, Long> later = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(this.later);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                later.put(row.getString(1), row.getLong(2));
            }
        }
        return later;
    }

    private static long number(Connection connection, String sql, Channel lane) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, lane.name());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static boolean isServed(Connection connection, Channel channel, long now) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select 1 from delivery_lane where lane = ? and served_until > ?")) {
            statement.setString(1, channel.name());
            statement.setLong(2, now);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
