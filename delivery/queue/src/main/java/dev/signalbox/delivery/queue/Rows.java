package dev.signalbox.delivery.queue;

import dev.signalbox.database.Dialect;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** How values stand in the tables of one dialect, and the words by which they are found there. */
final class Rows {
    private static final Logger LOG = LoggerFactory.getLogger(Rows.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    /** What stands for the steps of a row that has none that can be read. */
    private static final List<Step> UNREADABLE = List.of(Step.to(new Channel("unreadable"), "unreadable"));

    private final Dialect dialect;
    private final boolean nativeUuid;
    private final BodyProtection bodies;

    /** For statements that neither write nor read bodies, and for queues in which these stand as they are. */
    Rows(Dialect dialect) {
        this(dialect, BodyProtection.NONE);
    }

    Rows(Dialect dialect, BodyProtection bodies) {
        this.dialect = dialect;
        this.bodies = bodies;
        this.nativeUuid = dialect == Dialect.POSTGRESQL;
    }

    Dialect dialect() {
        return dialect;
    }

    /** Whether the body of a message goes in the transaction that records it as sent. */
    boolean redactsSent() {
        return bodies.redactsSent();
    }

    /** Whether new bodies are encrypted. */
    boolean encrypts() {
        return bodies.encrypts();
    }

    /** A body as it stands in the table. */
    String body(Reach reach) {
        return bodies.written(reach.id(), reach.body());
    }

    /** A text that could give bodies away, as it stands in the table: encrypted where they are. */
    String sealed(UUID id, String text) {
        return bodies.written(id, text);
    }

    /** The text that {@link #sealed} wrote; empty if it cannot be decrypted. */
    Optional<String> unsealed(UUID id, String stored) {
        try {
            return Optional.of(bodies.read(id, stored));
        } catch (IllegalArgumentException e) {
            LOG.debug("the row of {} cannot be decrypted", id, e);
            return Optional.empty();
        }
    }

    /** The condition that a message holds one of so many dedupe keys, by the index of those that are held. */
    String holdsOneOf(int keys) {
        String column = switch (dialect) {
            case MYSQL -> "dedupe_held";
            case SQLSERVER -> "dedupe_key is not null and dedupe_key";
            case POSTGRESQL, SQLITE -> "dedupe_key";
        };
        return "dedupe_freed_at is null and " + column + " in (" + placeholders(keys) + ")";
    }

    /** The column by whose index the outcomes with an error are found. */
    String failedAt() {
        return switch (dialect) {
            case MYSQL, SQLSERVER -> "failed_at";
            case POSTGRESQL, SQLITE -> "at";
        };
    }

    /**
     * A column of the last line of the history of a message {@code m}. As a scalar it is always looked up by key, whatever the
     * planner thinks.
     */
    String last(String column) {
        return "(select o." + column + " from delivery_outcome o where o.id = m.id order by o.attempt desc"
                + dialect.limit(1) + ")";
    }

    /** A condition that a text holds another, whatever the case of its letters. */
    String like(String column) {
        return switch (dialect) {
            case POSTGRESQL -> column + " ilike ? escape '!'";
            case MYSQL -> column + " collate utf8mb4_general_ci like ? escape '!'";
            case SQLITE -> column + " like ? escape '!'";
            case SQLSERVER -> column + " collate Latin1_General_100_CI_AS like ? escape '!'";
        };
    }

    /** A text as a part of what {@link #like} compares with. On SQL Server a bracket begins a set of characters. */
    String escaped(String part) {
        String escaped = part.replace("!", "!!").replace("%", "!%").replace("_", "!_");
        return dialect == Dialect.SQLSERVER ? escaped.replace("[", "![") : escaped;
    }

    void bindNoId(PreparedStatement statement, int index) throws SQLException {
        statement.setNull(index, nativeUuid ? Types.OTHER : Types.BINARY);
    }

    void bind(PreparedStatement statement, int index, UUID id) throws SQLException {
        if (nativeUuid) {
            statement.setObject(index, id);
        } else {
            statement.setBytes(index, bytes(id));
        }
    }

    UUID id(ResultSet row, String column) throws SQLException {
        if (nativeUuid) {
            return row.getObject(column, UUID.class);
        }
        ByteBuffer bytes = ByteBuffer.wrap(row.getBytes(column));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /** The key of a ticket in delivery_ready. */
    void bindKey(PreparedStatement statement, Ticket ticket) throws SQLException {
        statement.setString(1, ticket.lane().name());
        statement.setInt(2, ticket.priority());
        statement.setLong(3, ticket.runAt());
        bind(statement, 4, ticket.id());
    }

    static void bindTime(PreparedStatement statement, int index, long micros) throws SQLException {
        if (micros == Micros.NONE) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, micros);
        }
    }

    static String write(List<Step> steps) {
        return steps.size() == 1
                ? steps.getFirst().toString()
                : steps.stream().map(Step::toString).collect(Collectors.joining("\n"));
    }

    static List<Step> readSteps(String text) {
        return text.indexOf('\n') < 0
                ? List.of(Step.parse(text))
                : Arrays.stream(text.split("\n", -1)).map(Step::parse).toList();
    }

    static @Nullable String write(Map<String, String> headers) {
        return headers.isEmpty() ? null : JSON.writeValueAsString(headers);
    }

    static Map<String, String> readHeaders(@Nullable String text) {
        return text == null ? Map.of() : JSON.readValue(text, HEADERS);
    }

    static @Nullable String zone(RecipientTime time) {
        return time.timeZone().map(ZoneId::getId).orElse(null);
    }

    static @Nullable String hours(RecipientTime time) {
        return time.quietHours().map(QuietHours::toString).orElse(null);
    }

    private static RecipientTime time(ResultSet row) throws SQLException {
        String zone = row.getString("time_zone");
        if (zone == null) {
            return RecipientTime.UNKNOWN;
        }
        RecipientTime time = RecipientTime.in(RecipientTime.zone(zone));
        String hours = row.getString("quiet_hours");
        return hours == null ? time : time.withQuietHours(QuietHours.parse(hours));
    }

    static @Nullable String writeTags(Set<String> tags) {
        return tags.isEmpty() ? null : String.join("\n", tags);
    }

    static Set<String> readTags(@Nullable String text) {
        return text == null ? Set.of() : Set.copyOf(Arrays.asList(text.split("\n", -1)));
    }

    /** Reads the columns that ready, later and claims share; the lane and the order come from elsewhere in some. */
    Ticket ticket(ResultSet row, Channel lane, long runAt) throws SQLException {
        return new Ticket(
                id(row, "id"),
                lane,
                row.getInt("priority"),
                runAt,
                row.getInt("step"),
                row.getInt("attempt"),
                row.getInt("tried"),
                row.getLong("deadline"),
                row.getLong("unsure_since"));
    }

    /** Reads a row of the messages. One that makes no message gives one that says so, so that it can be listed with the others. */
    Reach reach(ResultSet row) throws SQLException {
        UUID id = id(row, "id");
        try {
            return readableReach(row, id);
        } catch (RuntimeException e) {
            return Reach.to(UNREADABLE).body(reason(e)).id(id).build();
        }
    }

    private Reach readableReach(ResultSet row, UUID id) throws SQLException {
        Reach.Builder reach = Reach.to(readSteps(row.getString("steps")))
                .id(id)
                .body(bodies.read(id, row.getString("body")))
                .headers(readHeaders(row.getString("headers")))
                .priority(row.getInt("priority"))
                .maxAttempts(row.getInt("max_attempts"))
                .labels(new Labels(readTags(row.getString("tags")), readHeaders(row.getString("metadata"))));
        reach.recipientTime(time(row));
        Optional.ofNullable(row.getString("dedupe_key")).ifPresent(reach::dedupeKey);
        Optional.ofNullable(row.getString("traceparent")).ifPresent(reach::traceparent);
        Micros.optional(row.getLong("not_before")).ifPresent(reach::at);
        Micros.optional(row.getLong("expires_at")).ifPresent(reach::expiresAt);
        long window = row.getLong("dedupe_window");
        if (!row.wasNull()) {
            reach.dedupeWindow(Duration.of(window, ChronoUnit.MICROS));
        }
        return reach.build();
    }

    /** Reads a ticket with the message columns that a claim needs; one that cannot be read says so. */
    Claimed claimed(ResultSet row, Channel lane, long runAt) throws SQLException {
        Ticket ticket = ticket(row, lane, runAt);
        try {
            return readable(row, ticket);
        } catch (RuntimeException e) {
            List<Step> steps = Collections.nCopies(ticket.step() + 1, UNREADABLE.getFirst());
            return new Claimed(
                    ticket,
                    steps,
                    "",
                    Map.of(),
                    Micros.NONE,
                    1,
                    0,
                    0,
                    RecipientTime.UNKNOWN,
                    Optional.empty(),
                    Optional.of(reason(e)));
        }
    }

    private Claimed readable(ResultSet row, Ticket ticket) throws SQLException {
        List<Step> steps = readSteps(row.getString("steps"));
        String body = bodies.read(ticket.id(), row.getString("body"));
        Map<String, String> headers = readHeaders(row.getString("headers"));
        Limits.headers(headers);
        Limits.check(
                ticket.step() < steps.size()
                        && steps.get(ticket.step()).channel().equals(ticket.lane()),
                "step",
                ticket.step() + " is not of the channel " + ticket.lane());
        return new Claimed(
                ticket,
                steps,
                body,
                headers,
                row.getLong("expires_at"),
                row.getInt("max_attempts"),
                row.getLong("accepted_at"),
                row.getInt("key_version"),
                time(row),
                Optional.ofNullable(row.getString("traceparent")),
                Optional.empty());
    }

    private static String reason(RuntimeException e) {
        return Limits.fitted("its row in the database cannot be read as a message: " + e.getMessage());
    }

    /** The channel of a step; {@link #UNREADABLE} where the steps cannot be read. */
    static Channel channel(String steps, int index) {
        try {
            return readSteps(steps).get(index).channel();
        } catch (RuntimeException e) {
            return UNREADABLE.getFirst().channel();
        }
    }

    /** Whether a reach stands for a row that could not be read. */
    static boolean isReadable(Reach reach) {
        return !reach.steps().equals(UNREADABLE);
    }

    /** Reads numbers by the names of channels. */
    static Map<Channel, Long> numbers(Connection connection, String sql) throws SQLException {
        Map<Channel, Long> numbers = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                long number = row.getLong(2);
                Channel.named(row.getString(1)).ifPresent(channel -> numbers.put(channel, number));
            }
        }
        return numbers;
    }

    static String placeholders(int n) {
        return "?, ".repeat(n - 1) + "?";
    }
}
