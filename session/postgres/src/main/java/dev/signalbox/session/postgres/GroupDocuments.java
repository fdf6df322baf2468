package dev.signalbox.session.postgres;

import dev.signalbox.session.bus.SessionStore.GroupDocument;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Keeps the states of groups. Thread-safe. */
final class GroupDocuments {
    private static final String FIND = "select version, state from session_group where session = ? and name = ?";

    private static final String CREATE = """
            insert into session_group (version, state, session, name) values (?, ?, ?, ?) on conflict do nothing
            """;

    private static final String REPLACE = """
            update session_group set version = ?, state = ? where session = ? and name = ? and version = ?
            """;

    private final Connections connections;

    GroupDocuments(Connections connections) {
        this.connections = connections;
    }

    Optional<GroupDocument> find(GroupKey key) {
        return connections.use(connection -> {
            try (Query query = Query.of(connection, FIND)) {
                return query
                        .with(key.session())
                        .with(key.group())
                        .list(row -> new GroupDocument(row.getLong(1), row.getBytes(2)))
                        .stream()
                        .findFirst();
            }
        });
    }

    boolean replace(GroupKey key, long expected, GroupDocument document) {
        return connections.use(connection -> expected == GroupDocument.ABSENT
                ? create(connection, key, document)
                : replace(connection, key, expected, document));
    }

    private static boolean create(Connection connection, GroupKey key, GroupDocument document) throws SQLException {
        try (Query query = Query.of(connection, CREATE)) {
            return with(query, key, document).run() == 1;
        }
    }

    private static boolean replace(Connection connection, GroupKey key, long expected, GroupDocument document)
            throws SQLException {
        try (Query query = Query.of(connection, REPLACE)) {
            return with(query, key, document).with(expected).run() == 1;
        }
    }

    private static Query with(Query query, GroupKey key, GroupDocument document) throws SQLException {
        return query.with(document.version())
                .with(document.state())
                .with(key.session())
                .with(key.group());
    }
}
