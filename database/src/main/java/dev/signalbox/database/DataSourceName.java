package dev.signalbox.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the ways in which people write down where a database is. No message of its errors repeats the input's secrets. */
final class DataSourceName {
    /** Names of libpq and pgx that the JDBC driver knows under another name. */
    private static final Map<String, String> DRIVER_NAMES =
            Map.of("application_name", "ApplicationName", "connect_timeout", "connectTimeout");

    /** What goes to the driver as it is; all else is a setting of the session. */
    private static final Set<String> DRIVER_OWN = Set.of(
            "sslmode",
            "sslcert",
            "sslkey",
            "sslrootcert",
            "sslpassword",
            "sslfactory",
            "sslNegotiation",
            "ssl",
            "channelBinding",
            "gssEncMode",
            "targetServerType",
            "loadBalanceHosts",
            "currentSchema",
            "ApplicationName",
            "connectTimeout",
            "socketTimeout",
            "loginTimeout",
            "tcpKeepAlive",
            "prepareThreshold",
            "assumeMinServerVersion");

    /** What Signalbox sets anyway, so that saying it again does no harm. */
    private static final Set<String> SQLITE_GIVEN = Set.of(
            "_journal_mode", "_journal", "_foreign_keys", "_fk", "_synchronous", "_sync", "_txlock", "mode", "cache");

    private static final Set<String> SQLITE_PATIENCE = Set.of("_busy_timeout", "_timeout", "busy_timeout");

    private DataSourceName() {}

    static DatabaseConfig ofUrl(String url) {
        String given = url.strip();
        String bare = given.startsWith("jdbc:") ? given.substring("jdbc:".length()) : given;
        int colon = bare.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(
                    "the database URL has no scheme; write postgresql://user:password@host/database or sqlite:path");
        }
        return switch (Dialect.parse(bare.substring(0, colon))) {
            case POSTGRESQL -> ofPostgresqlUri(bare);
            case SQLITE -> ofSqlite(bare.substring(colon + 1));
        };
    }

    static DatabaseConfig ofPostgresql(String dsn) {
        String given = dsn.strip();
        return given.contains("://") ? ofUrl(given) : ofKeywords(KeywordParser.parse(given));
    }

    static DatabaseConfig ofSqlite(String dsn) {
        String given = dsn.strip();
        if (given.startsWith("file:")) {
            given = given.substring("file:".length());
        }
        int question = given.indexOf('?');
        String path = question < 0 ? given : given.substring(0, question);
        Map<String, String> query = question < 0 ? Map.of() : query(given.substring(question + 1));
        if (path.isBlank() || path.contains(":memory:") || "memory".equals(query.get("mode"))) {
            throw new IllegalArgumentException(
                    "sqlite needs a path to a file; an in-memory database would not survive a restart");
        }
        return new DatabaseConfig(
                Dialect.SQLITE, "jdbc:sqlite:" + path, sqliteParameters(query), Optional.empty(), Optional.empty());
    }

    private static Map<String, String> sqliteParameters(Map<String, String> query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        query.forEach((name, value) -> {
            if (SQLITE_PATIENCE.contains(name)) {
                parameters.put("busy_timeout", Integer.toString(number(name, value)));
            } else if (!SQLITE_GIVEN.contains(name)) {
                throw new IllegalArgumentException(
                        "sqlite parameter '" + name + "' is not supported; _busy_timeout (milliseconds) is");
            }
        });
        return parameters;
    }

    private static int number(String name, String value) {
        try {
            return Integer.parseUnsignedInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("sqlite parameter " + name + " is '" + value + "', not a number", e);
        }
    }

    private static DatabaseConfig ofPostgresqlUri(String bare) {
        URI uri = uri(bare);
        String authority = Optional.ofNullable(uri.getRawAuthority()).orElse("localhost");
        int at = authority.lastIndexOf('@');
        Map<String, String> words =
                new LinkedHashMap<>(query(Optional.ofNullable(uri.getRawQuery()).orElse("")));
        if (at >= 0) {
            String[] login = authority.substring(0, at).split(":", 2);
            words.put("user", decode(login[0]));
            if (login.length > 1) {
                words.put("password", decode(login[1]));
            }
        }
        String path = Optional.ofNullable(uri.getRawPath()).orElse("");
        return postgresql(authority.substring(at + 1), path.startsWith("/") ? path.substring(1) : path, words);
    }

    private static URI uri(String bare) {
        try {
            return new URI(bare.contains("://") ? bare : bare.replaceFirst(":", "://localhost/"));
        } catch (URISyntaxException e) {
            // The exception's own message would repeat the URL, and with it the password.
            throw new IllegalArgumentException("the database URL is malformed at character " + e.getIndex() + ": "
                    + e.getReason() + "; special characters in user and password are written as %XX");
        }
    }

    private static DatabaseConfig ofKeywords(Map<String, String> words) {
        String host = Optional.ofNullable(words.remove("host")).orElse("localhost");
        String port = words.remove("port");
        String database = Optional.ofNullable(words.remove("dbname")).orElseGet(() -> words.getOrDefault("user", ""));
        return postgresql(port == null ? host : host + ":" + port, database, words);
    }

    private static DatabaseConfig postgresql(String hosts, String database, Map<String, String> words) {
        if (database.isBlank()) {
            throw new IllegalArgumentException("the database URL names no database; write postgresql://host/database");
        }
        Optional<String> user = Optional.ofNullable(words.remove("user"));
        Optional<String> password = Optional.ofNullable(words.remove("password"));
        return new DatabaseConfig(
                Dialect.POSTGRESQL,
                "jdbc:postgresql://" + hosts + "/" + database,
                driverParameters(words),
                user,
                password);
    }

    /** What the driver does not know by name becomes a setting of the session, as libpq and pgx do it. */
    private static Map<String, String> driverParameters(Map<String, String> words) {
        Map<String, String> parameters = new LinkedHashMap<>();
        StringBuilder session = new StringBuilder(words.getOrDefault("options", ""));
        words.forEach((name, value) -> {
            if (DRIVER_NAMES.containsKey(name) || DRIVER_OWN.contains(name)) {
                parameters.put(DRIVER_NAMES.getOrDefault(name, name), value);
            } else if (!name.equals("options")) {
                session.append(session.isEmpty() ? "" : " ")
                        .append("-c ")
                        .append(name)
                        .append('=')
                        .append(value);
            }
        });
        if (!session.isEmpty()) {
            parameters.put("options", session.toString());
        }
        return parameters;
    }

    private static Map<String, String> query(String query) {
        Map<String, String> words = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                words.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            } else if (!pair.isEmpty()) {
                throw new IllegalArgumentException("the database URL has a parameter without a value");
            }
        }
        return words;
    }

    private static String decode(@Nullable String text) {
        return text == null ? "" : URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }
}
