package dev.signalbox.templates;

import dev.signalbox.database.Database;
import dev.signalbox.database.Dialect;
import dev.signalbox.database.Migration;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Templates in a table to which versions are only added. */
final class JdbcTemplates implements TemplateStore {
    private static final String MODULE = "templates";
    private static final String FOLDER = "dev/signalbox/templates";
    private static final String SELECT =
            "select name, channel, locale, version, engine, subject, body, html, created_at from template t where ";
    private static final String NEWEST =
            " and version = (select max(version) from template n where n.name = t.name and n.channel = t.channel"
                    + " and n.locale = t.locale)";

    private final Database database;
    private final InstantSource clock;

    private JdbcTemplates(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    static TemplateStore open(Database database, InstantSource clock) {
        migrate(database);
        return new JdbcTemplates(database, clock);
    }

    static List<Migration> migrations(Database database) {
        return database.migrations(MODULE, FOLDER, JdbcTemplates.class.getClassLoader());
    }

    static void migrate(Database database) {
        database.migrate(MODULE, FOLDER, JdbcTemplates.class.getClassLoader());
    }

    /** Two that save at once offer the same version; the key refuses the second, which then takes the next one. */
    @Override
    public MessageTemplate save(MessageTemplate draft) {
        while (true) {
            Optional<MessageTemplate> newest =
                    exactly(draft.name(), draft.channel(), draft.locale(), OptionalInt.empty());
            int version = newest.map(MessageTemplate::version).orElse(0) + 1;
            Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
            if (newest.isPresent() && isSame(newest.get(), draft)) {
                return newest.get();
            }
            MessageTemplate next = draft.stored(version, now);
            if (database.autoCommit(connection -> insert(connection, database.dialect(), next))) {
                return next;
            }
        }
    }

    private static boolean isSame(MessageTemplate one, MessageTemplate other) {
        return one.stored(0, Instant.EPOCH).equals(other.stored(0, Instant.EPOCH));
    }

    private static boolean insert(Connection connection, Dialect dialect, MessageTemplate template)
            throws SQLException {
        return update(
                        connection,
                        dialect.ifAbsent(
                                "insert into template (name, channel, locale, version, engine, subject, body, html,"
                                        + " created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
                        template.name(),
                        template.channel(),
                        template.locale(),
                        template.version(),
                        template.engine().name(),
                        template.subject().orElse(null),
                        template.body(),
                        template.html() ? 1 : 0,
                        ChronoUnit.MICROS.between(Instant.EPOCH, template.createdAt()))
                > 0;
    }

    @Override
    public Optional<MessageTemplate> find(String name, String channel, String locale, OptionalInt version) {
        String tag = locale.toLowerCase(Locale.ROOT).replace('_', '-');
        if (!MessageTemplate.canBe(name, channel, tag)) {
            return Optional.empty();
        }
        for (String medium : channel.isEmpty() ? List.of("") : List.of(channel, "")) {
            for (String language : fallbacks(tag)) {
                Optional<MessageTemplate> found = exactly(name, medium, language, OptionalInt.empty());
                if (found.isPresent()) {
                    return version.isEmpty() ? found : exactly(name, medium, language, version);
                }
            }
        }
        return Optional.empty();
    }

    /** A locale, with ever less at its end, and the empty one. */
    private static List<String> fallbacks(String locale) {
        List<String> all = new ArrayList<>();
        String left = locale;
        while (!left.isEmpty()) {
            all.add(left);
            left = left.substring(0, Math.max(0, left.lastIndexOf('-')));
        }
        all.add("");
        return all;
    }

    private Optional<MessageTemplate> exactly(String name, String channel, String locale, OptionalInt version) {
        String which = SELECT + "name = ? and channel = ? and locale = ?";
        return database
                .read(connection -> version.isPresent()
                        ? query(connection, which + " and version = ?", name, channel, locale, version.getAsInt())
                        : query(connection, which + NEWEST, name, channel, locale))
                .stream()
                .findFirst();
    }

    @Override
    public List<MessageTemplate> of(String name) {
        if (!MessageTemplate.canBe(name, "", "")) {
            return List.of();
        }
        return database.read(
                connection -> query(connection, SELECT + "name = ?" + NEWEST + " order by channel, locale", name));
    }

    @Override
    public List<MessageTemplate> list(String after, int mostNames) {
        return database.read(connection -> query(
                connection,
                SELECT
                        + "name in (select name from (select distinct name from template where name > ? order by name"
                        + database.dialect().limit()
                        + ") page)"
                        + NEWEST
                        + " order by name, channel, locale",
                after,
                mostNames));
    }

    @Override
    public boolean delete(String name) {
        return MessageTemplate.canBe(name, "", "")
                && database.autoCommit(
                        connection -> update(connection, "delete from template where name = ?", name) > 0);
    }

    private static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    private static List<MessageTemplate> query(Connection connection, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            try (ResultSet row = statement.executeQuery()) {
                List<MessageTemplate> found = new ArrayList<>();
                while (row.next()) {
                    found.add(template(row));
                }
                return found;
            }
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    private static MessageTemplate template(ResultSet row) throws SQLException {
        return new MessageTemplate(
                row.getString("name"),
                row.getString("channel"),
                row.getString("locale"),
                row.getInt("version"),
                TemplateEngine.valueOf(row.getString("engine")),
                Optional.ofNullable(row.getString("subject")),
                row.getString("body"),
                row.getInt("html") == 1,
                Instant.EPOCH.plus(row.getLong("created_at"), ChronoUnit.MICROS));
    }
}
