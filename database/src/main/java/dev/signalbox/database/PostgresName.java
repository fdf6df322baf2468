package dev.signalbox.database;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** How people write down where a PostgreSQL database is. */
final class PostgresName {
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

    /** What the driver takes. An @ would be a user and password out of their place, which a message would show. */
    private static final Pattern URL =
            Pattern.compile("jdbc:postgresql://" + Hosts.ONE + "(?:," + Hosts.ONE + ")*/[^@]+");

    private PostgresName() {}

    static DatabaseConfig ofUrl(String bare) {
        NamedUrl url = NamedUrl.parse(bare);
        return config(url.hosts(), url.path(), url.words());
    }

    static DatabaseConfig of(String dsn) {
        return dsn.contains("://") ? DataSourceName.ofUrl(dsn) : ofKeywords(KeywordParser.parse(dsn));
    }

    static boolean isWellFormed(String url) {
        return URL.matcher(url).matches();
    }

    private static DatabaseConfig ofKeywords(Map<String, String> words) {
        String host = Optional.ofNullable(words.remove("host")).orElse("localhost");
        String port = words.remove("port");
        String database = Optional.ofNullable(words.remove("dbname")).orElseGet(() -> words.getOrDefault("user", ""));
        return config(port == null ? host : host + ":" + port, database, words);
    }

    private static DatabaseConfig config(String hosts, String database, Map<String, String> words) {
        if (database.isBlank()) {
            throw new IllegalArgumentException("the database URL names no database; write postgresql://host/database");
        }
        Optional<String> user = Optional.ofNullable(words.remove("user"));
        Optional<String> password = Optional.ofNullable(words.remove("password"));
        return new DatabaseConfig(
                Dialect.POSTGRESQL, "jdbc:postgresql://" + hosts + "/" + database, parameters(words), user, password);
    }

    /** What the driver does not know by name becomes a setting of the session, as libpq and pgx do it. */
    private static Map<String, String> parameters(Map<String, String> words) {
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
}
