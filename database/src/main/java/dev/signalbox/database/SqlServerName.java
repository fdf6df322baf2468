package dev.signalbox.database;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How people write down where a SQL Server database is: Go's {@code sqlserver://user:password@host:1433?database=name}, ADO's
 * {@code server=host;user id=sa;database=name}, or a URL of the JDBC driver.
 */
final class SqlServerName {
    private static final String EXAMPLE = "write sqlserver://user:password@host:1433?database=name";

    /** The braces let a name hold whatever else it likes. */
    private static final Pattern URL = Pattern.compile("jdbc:sqlserver://" + Hosts.ONE + ";databaseName=\\{[^@;{}]+}");

    /** Names of the JDBC driver, by what Go's driver, ADO and the JDBC driver call them, in lower case and without blanks. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("server", "server"),
            Map.entry("servername", "server"),
            Map.entry("datasource", "server"),
            Map.entry("address", "server"),
            Map.entry("port", "port"),
            Map.entry("portnumber", "port"),
            Map.entry("database", "database"),
            Map.entry("databasename", "database"),
            Map.entry("initialcatalog", "database"),
            Map.entry("user", "user"),
            Map.entry("username", "user"),
            Map.entry("userid", "user"),
            Map.entry("uid", "user"),
            Map.entry("password", "password"),
            Map.entry("pwd", "password"),
            Map.entry("instancename", "instanceName"),
            Map.entry("encrypt", "encrypt"),
            Map.entry("trustservercertificate", "trustServerCertificate"),
            Map.entry("certificate", "serverCertificate"),
            Map.entry("servercertificate", "serverCertificate"),
            Map.entry("hostnameincertificate", "hostNameInCertificate"),
            Map.entry("truststore", "trustStore"),
            Map.entry("truststorepassword", "trustStorePassword"),
            Map.entry("appname", "applicationName"),
            Map.entry("applicationname", "applicationName"),
            Map.entry("applicationintent", "applicationIntent"),
            Map.entry("multisubnetfailover", "multiSubnetFailover"),
            Map.entry("connectiontimeout", "loginTimeout"),
            Map.entry("dialtimeout", "loginTimeout"),
            Map.entry("logintimeout", "loginTimeout"),
            Map.entry("sockettimeout", "socketTimeout"));

    private static final Set<String> OWN_PLACE = Set.of("server", "port", "database", "user", "password");

    private static final Map<String, String> ENCRYPTION = Map.of(
            "disable",
            "false",
            "false",
            "false",
            "optional",
            "false",
            "no",
            "false",
            "true",
            "true",
            "mandatory",
            "true",
            "yes",
            "true",
            "strict",
            "strict");

    private SqlServerName() {}

    static DatabaseConfig of(String dsn) {
        return dsn.contains("://") ? DataSourceName.ofUrl(dsn) : config(words(SemicolonPairs.parse(dsn)));
    }

    static DatabaseConfig ofUrl(String bare) {
        int semicolon = bare.indexOf(';');
        if (semicolon >= 0 || !bare.contains("?")) {
            String place = bare.substring(bare.indexOf(':') + 1, semicolon < 0 ? bare.length() : semicolon);
            Map<String, String> words = words(SemicolonPairs.parse(semicolon < 0 ? "" : bare.substring(semicolon + 1)));
            words.putIfAbsent("server", place.startsWith("//") ? place.substring(2) : place);
            return config(words);
        }
        NamedUrl url = NamedUrl.parse(bare);
        Map<String, String> words = words(url.words());
        words.putIfAbsent("server", url.hosts());
        if (!url.path().isEmpty()) {
            words.put("instanceName", url.path());
        }
        return config(words);
    }

    static boolean isWellFormed(String url) {
        return URL.matcher(url).matches();
    }

    private static Map<String, String> words(Map<String, String> given) {
        Map<String, String> words = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            @Nullable String known = NAMES.get(name.toLowerCase(Locale.ROOT).replace(" ", ""));
            if (known == null) {
                throw new IllegalArgumentException("sqlserver parameter '" + name + "' is not supported; supported are "
                        + String.join(", ", new TreeSet<>(NAMES.values())));
            }
            words.put(known, known.equals("encrypt") ? encryption(value) : value);
        });
        return words;
    }

    private static String encryption(String value) {
        String known = ENCRYPTION.get(value.toLowerCase(Locale.ROOT));
        if (known == null) {
            throw new IllegalArgumentException(
                    "sqlserver parameter encrypt is '" + value + "'; it must be true, strict or false");
        }
        return known;
    }

    private static DatabaseConfig config(Map<String, String> words) {
        String database = words.getOrDefault("database", "");
        if (database.isBlank()) {
            throw new IllegalArgumentException("the database URL names no database; " + EXAMPLE);
        }
        Map<String, String> parameters = new LinkedHashMap<>(words);
        parameters.keySet().removeAll(OWN_PLACE);
        return new DatabaseConfig(
                Dialect.SQLSERVER,
                "jdbc:sqlserver://" + host(words, parameters) + ";databaseName={" + database + "}",
                parameters,
                Optional.ofNullable(words.get("user")),
                Optional.ofNullable(words.get("password")));
    }

    /** ADO writes {@code host\\instance} and {@code host,port}. */
    private static String host(Map<String, String> words, Map<String, String> parameters) {
        String server = words.getOrDefault("server", "localhost").replace(',', ':');
        int backslash = server.indexOf('\\');
        if (backslash >= 0) {
            parameters.put("instanceName", server.substring(backslash + 1));
            server = server.substring(0, backslash);
        }
        String port = words.get("port");
        return (server.isEmpty() || server.equals(".") ? "localhost" : server) + (port == null ? "" : ":" + port);
    }
}
