package dev.signalbox.server.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Turns settings into values, and notes what cannot be turned instead of stopping at the first. */
public final class Reading {
    private static final long LARGEST_SECRET = 64 * 1024;

    private final Settings settings;

    Reading(Settings settings) {
        this.settings = settings;
    }

    /** The value of a key that has a default; after a violation, the default. */
    public <T> T get(Key<T> key) {
        return find(key).orElseGet(() -> fallback(key));
    }

    public <T> Optional<T> find(Key<T> key) {
        return find(key, key.path());
    }

    /** The value of a key in a list's element, or the key's default there. */
    public <T> T get(Key<T> key, int index) {
        return find(key, key.at(index)).orElseGet(() -> fallback(key));
    }

    public <T> Optional<T> find(Key<T> key, int index) {
        return find(key, key.at(index));
    }

    /** The value of a key that a list's element must have. */
    public <T> Optional<T> require(Key<T> key, int index) {
        String path = key.at(index);
        if (text(key, path).isEmpty()) {
            settings.violate(path, "is required", "");
        }
        return find(key, path);
    }

    private <T> Optional<T> find(Key<T> key, String path) {
        return text(key, path).flatMap(setting -> parse(key, setting));
    }

    /** The values of a {@linkplain Key#isNamed named} key, by their names in lower case. */
    public <T> Map<String, T> named(Key<T> key) {
        return named(key, key.path());
    }

    /** The same in a list's element. */
    public <T> Map<String, T> named(Key<T> key, int index) {
        return named(key, key.at(index));
    }

    private <T> Map<String, T> named(Key<T> key, String path) {
        Map<String, T> values = new TreeMap<>();
        for (String each : settings.paths(key, path)) {
            String name = each.substring(path.length() - Key.NAME.length());
            find(key, each).ifPresent(value -> values.put(name, value));
        }
        return values;
    }

    public boolean isGiven(Key<?> key) {
        return text(key, key.path()).isPresent();
    }

    public boolean isGiven(Key<?> key, int index) {
        return text(key, key.at(index)).isPresent();
    }

    /** How many elements a list has; a gap in it is a violation. */
    public int size(Key<?> key) {
        String prefix = key.list() + ".";
        List<Integer> indices = settings.all().stream()
                .filter(setting ->
                        setting.path().startsWith(prefix) && settings.schema().knows(setting.path()))
                .map(setting -> Integer.valueOf(
                        setting.path().substring(prefix.length()).split("\\.", 2)[0]))
                .distinct()
                .sorted()
                .toList();
        if (!indices.isEmpty() && indices.getLast() != indices.size() - 1) {
            settings.violate(
                    key.list(),
                    "misses an element: they are numbered from 0 without gaps, and these are given: " + indices,
                    "");
            return 0;
        }
        return indices.size();
    }

    /** The text that stands for a path, from wherever it comes; of a secret and its file the stronger source counts. */
    Optional<Setting> text(Key<?> key, String path) {
        var direct = settings.get(path);
        var file = key.secret() ? settings.get(path + Key.FILE) : Optional.<Setting>empty();
        if (direct.isEmpty() || file.isEmpty()) {
            return direct.or(() -> file.flatMap(this::content));
        }
        if (file.get().source().outranks(direct.get().source())) {
            return file.flatMap(this::content);
        }
        if (!direct.get().source().outranks(file.get().source())) {
            settings.violate(path, "and " + path + Key.FILE + " are both given; give one", place(file.get()));
        }
        return direct;
    }

    /** Where it fails, the path is not shown: people give a secret itself where its file is asked for. */
    private Optional<Setting> content(Setting pointer) {
        try {
            var file = Path.of(pointer.text());
            if (Files.size(file) > LARGEST_SECRET) {
                throw new IOException("it is larger than 64 KiB");
            }
            return Optional.of(
                    new Setting(pointer.path(), Files.readString(file).strip(), pointer.source()));
        } catch (IOException e) {
            settings.violate(pointer.path(), "must name a file: " + FileProblem.of(e), place(pointer));
        } catch (InvalidPathException e) {
            settings.violate(pointer.path(), "must name a file; this is not a path", place(pointer));
        }
        return Optional.empty();
    }

    private <T> Optional<T> parse(Key<T> key, Setting setting) {
        try {
            return Optional.of(key.kind().read().apply(setting.text()));
        } catch (IllegalArgumentException e) {
            String found = key.secret() ? "its value" : "'" + setting.shown() + "'";
            settings.violate(
                    setting.path(),
                    found + " is not allowed; it must be " + key.kind().allowed(),
                    place(setting));
            return Optional.empty();
        }
    }

    private static <T> T fallback(Key<T> key) {
        return key.kind().read().apply(key.fallback().orElseThrow());
    }

    private static String place(Setting setting) {
        return setting.source().place();
    }

    /** Notes what is wrong between several keys. */
    public void check(boolean holds, Key<?> key, String problem) {
        check(holds, key.path(), problem);
    }

    /** Notes what is wrong between several keys of a list's element. */
    public void check(boolean holds, Key<?> key, int index, String problem) {
        check(holds, key.at(index), problem);
    }

    private void check(boolean holds, String path, String problem) {
        if (!holds) {
            settings.violate(
                    path, problem, settings.get(path).map(Reading::place).orElse(""));
        }
    }

    /** Notes that one secret stands for two. */
    public void distinct(Key<?> key, List<Secret> secrets) {
        check(new HashSet<>(secrets).size() == secrets.size(), key, "the same token is given twice");
    }

    /** A certificate and its key: both, or neither. */
    public Optional<Pem> pem(Key<Path> certificateKey, Key<Path> keyKey) {
        var certificate = find(certificateKey);
        var key = find(keyKey);
        check(certificate.isPresent() || key.isEmpty(), certificateKey, "is required with " + keyKey.path());
        check(key.isPresent() || certificate.isEmpty(), keyKey, "is required with " + certificateKey.path());
        certificate.ifPresent(file -> readable(certificateKey, file));
        key.ifPresent(file -> readable(keyKey, file));
        return certificate.flatMap(c -> key.map(k -> new Pem(c, k)));
    }

    /** Notes that a file cannot be read. */
    public boolean readable(Key<Path> key, Path file) {
        return readable(key.path(), file);
    }

    public boolean readable(Key<Path> key, int index, Path file) {
        return readable(key.at(index), file);
    }

    private boolean readable(String path, Path file) {
        boolean can = Files.isReadable(file) && Files.isRegularFile(file);
        check(can, path, "'" + Masked.text(file.toString()) + "' is not a file that this user can read");
        return can;
    }
}
