package dev.signalbox.database;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How people write down where a MySQL or MariaDB database is: Go's {@code user:password@tcp(host:3306)/database?tls=true}, or
 * a URL of either JDBC driver.
 */
final class MySqlName {
    private static final String EXAMPLE =
            "write mysql://user:password@host:3306/database, or" + " user:password@tcp(host:3306)/database";

    private static final Pattern URL =
            Pattern.compile("jdbc:mariadb://" + Hosts.ONE + "(?:," + Hosts.ONE + ")*/[^@/?;]+");

    /** The network and address of Go's form. */
    private static final Pattern NETWORK = Pattern.compile("(?:tcp6?)?(?:\\((.*)\\))?");

    /** What concerns Go's or MySQL's driver alone, or is so here anyway. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "charset",
            "collation",
            "characterencoding",
            "parsetime",
            "loc",
            "servertimezone",
            "allownativepasswords",
            "checkconnliveness",
            "clientfoundrows",
            "interpolateparams",
            "maxallowedpacket",
            "multistatements",
            "writetimeout");

    /** Names of MariaDB's driver, by their lower-case form. */
    private static final Map<String, String> DRIVER_OWN = byLowerCase(
            "allowPublicKeyRetrieval",
            "connectTimeout",
            "enabledSslCipherSuites",
            "enabledSslProtocolSuites",
            "keyPassword",
            "keyStore",
            "keyStorePassword",
            "serverRsaPublicKeyFile",
            "serverSslCert",
            "sessionVariables",
            "socketTimeout",
            "trustStore",
            "trustStorePassword");

    /** What Go's, MySQL's and MariaDB's drivers call the ways of TLS. */
    private static final Map<String, String> TLS = Map.ofEntries(
            Map.entry("true", "verify-full"),
            Map.entry("false", "disable"),
            Map.entry("skip-verify", "trust"),
            Map.entry("disable", "disable"),
            Map.entry("disabled", "disable"),
            Map.entry("trust", "trust"),
            Map.entry("required", "trust"),
            Map.entry("verify-ca", "verify-ca"),
            Map.entry("verify_ca", "verify-ca"),
            Map.entry("verify-full", "verify-full"),
            Map.entry("verify_identity", "verify-full"));

    private MySqlName() {}

    private static Map<String, String> byLowerCase(String... names) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String name : names) {
            map.put(name.toLowerCase(Locale.ROOT), name);
        }
        return map;
    }

    static DatabaseConfig of(String dsn) {
        return dsn.contains("://") ? DataSourceName.ofUrl(dsn) : ofGo(dsn);
    }

    static DatabaseConfig ofUrl(String bare) {
        int colon = bare.indexOf(':');
        if (!bare.startsWith("//", colon + 1)) {
            return ofGo(bare.substring(colon + 1));
        }
        NamedUrl url = NamedUrl.parse(bare);
        return config(url.hosts(), url.path(), url.words());
    }

    static boolean isWellFormed(String url) {
        return URL.matcher(url).matches();
    }

    /** Passwords are as they are there, not percent-encoded: the last slash and the @ before it are what counts. */
    private static DatabaseConfig ofGo(String dsn) {
        int question = dsn.indexOf('?', dsn.lastIndexOf('/') + 1);
        String place = question < 0 ? dsn : dsn.substring(0, question);
        int slash = place.lastIndexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("the data source name names no database; " + EXAMPLE);
        }
        Map<String, String> words =
                new LinkedHashMap<>(question < 0 ? Map.of() : NamedUrl.query(dsn.substring(question + 1)));
        int at = place.lastIndexOf('@', slash);
        if (at >= 0) {
            String[] login = place.substring(0, at).split(":", 2);
            words.put("user", login[0]);
            if (login.length > 1) {
                words.put("password", login[1]);
            }
        }
        return config(address(place.substring(at + 1, slash)), place.substring(slash + 1), words);
    }

    private static String address(String network) {
        Matcher matcher = NETWORK.matcher(network);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "only tcp(host:port) can be used as the address of a mysql database; " + EXAMPLE);
        }
        String address = matcher.group(1);
        return address == null || address.isEmpty() ? "127.0.0.1:3306" : address;
    }

    private static DatabaseConfig config(String hosts, String database, Map<String, String> words) {
        if (database.isBlank()) {
            throw new IllegalArgumentException("the database URL names no database; " + EXAMPLE);
        }
        Optional<String> user = Optional.ofNullable(words.remove("user"));
        Optional<String> password = Optional.ofNullable(words.remove("password"));
        return new DatabaseConfig(
                Dialect.MYSQL, "jdbc:mariadb://" + hosts + "/" + database, parameters(words), user, password);
    }

    private static Map<String, String> parameters(Map<String, String> words) {
        Map<String, String> parameters = new LinkedHashMap<>();
        words.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            @Nullable String own = DRIVER_OWN.get(lower);
            switch (lower) {
                case "tls", "sslmode", "usessl" -> parameters.put("sslMode", tls(name, value));
                case "timeout" -> parameters.put("connectTimeout", GoDuration.millis(name, value));
                case "readtimeout" -> parameters.put("socketTimeout", GoDuration.millis(name, value));
                default -> {
                    if (own != null) {
                        parameters.put(own, value);
                    } else if (!WITHOUT_EFFECT.contains(lower)) {
                        throw new IllegalArgumentException(
                                "mysql parameter '" + name + "' is not supported; supported are"
                                        + " tls, timeout, readTimeout and "
                                        + String.join(", ", new TreeSet<>(DRIVER_OWN.values())));
                    }
                }
            }
        });
        return parameters;
    }

    private static String tls(String name, String value) {
        String known = TLS.get(value.toLowerCase(Locale.ROOT));
        if (known == null) {
            throw new IllegalArgumentException("mysql parameter " + name + " is '" + value
                    + "'; it must be true (verified), skip-verify (encrypted), verify-ca or false. There is none that"
                    + " encrypts only where it can");
        }
        return known;
    }
}
