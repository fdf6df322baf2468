package dev.signalbox.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Tells with one look at a module's history whether its tables are up to date, so that most starts do without Flyway, which
 * takes connections, locks and a good part of a start. Says yes only if each script was applied as it is now, and nothing else;
 * any other case is for {@link Migrations} to judge.
 */
final class MigrationHistory {
    private static final Pattern SCRIPT = Pattern.compile("V[0-9][0-9_.]*__.+\\.sql");
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final String table;
    private final String folder;
    private final ClassLoader loader;

    /** @param folder the class path folder with the scripts for the database's dialect */
    MigrationHistory(String module, String folder, ClassLoader loader) {
        this.table = module + "_schema";
        this.folder = folder;
        this.loader = loader;
    }

    /** Whether nothing is to be done. Changes nothing, and takes no lock. */
    boolean isComplete(Connection connection) throws SQLException {
        Optional<Map<String, Integer>> scripts = scripts();
        return scripts.isPresent() && isThere(connection) && isApplied(connection, scripts.get());
    }

    private boolean isThere(Connection connection) throws SQLException {
        try (ResultSet tables =
                connection.getMetaData().getTables(connection.getCatalog(), connection.getSchema(), table, null)) {
            return tables.next();
        }
    }

    private boolean isApplied(Connection connection, Map<String, Integer> scripts) throws SQLException {
        Map<String, Integer> missing = new HashMap<>(scripts);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select script, checksum, success from " + table + " where type <> 'BASELINE'")) {
            while (row.next()) {
                Integer checksum = missing.remove(row.getString("script"));
                if (checksum == null || checksum != row.getInt("checksum") || !row.getBoolean("success")) {
                    return false;
                }
            }
        }
        return missing.isEmpty();
    }

    /** The scripts and their checksums; empty if the class path cannot be listed. */
    private Optional<Map<String, Integer>> scripts() {
        URL place = loader.getResource(folder);
        if (place == null) {
            return Optional.empty();
        }
        try {
            Optional<List<String>> names = names(place);
            if (names.isEmpty()) {
                return Optional.empty();
            }
            Map<String, Integer> scripts = new HashMap<>();
            for (String name : names.get()) {
                scripts.put(name, checksum(name));
            }
            return Optional.of(scripts);
        } catch (IOException e) {
            throw new DatabaseException("the scripts in " + place + " cannot be read", e);
        }
    }

    private static Optional<List<String>> names(URL place) throws IOException {
        URLConnection connection = place.openConnection();
        if (connection instanceof JarURLConnection jar) {
            jar.setUseCaches(false); // Otherwise the jar would stay open.
            try (JarFile file = jar.getJarFile()) {
                String beginning = jar.getEntryName().replaceFirst("/?$", "/");
                return Optional.of(matching(file.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.startsWith(beginning))
                        .map(name -> name.substring(beginning.length()))));
            }
        }
        if (place.getProtocol().equals("file")) {
            try (Stream<Path> files = Files.list(Path.of(URI.create(place.toString())))) {
                return Optional.of(matching(files.map(file -> file.getFileName().toString())));
            }
        }
        return Optional.empty();
    }

    private static List<String> matching(Stream<String> names) {
        return names.filter(name -> SCRIPT.matcher(name).matches()).toList();
    }

    /** As Flyway calculates it: CRC-32 of the lines without their ends. */
    private int checksum(String script) throws IOException {
        try (InputStream in = loader.getResourceAsStream(folder + "/" + script)) {
            if (in == null) {
                throw new IOException("the script " + script + " is gone");
            }
            String text = new String(in.readAllBytes(), UTF_8);
            String plain = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
            CRC32 sum = new CRC32();
            plain.lines().forEach(line -> sum.update(line.getBytes(UTF_8)));
            return (int) sum.getValue();
        }
    }
}
