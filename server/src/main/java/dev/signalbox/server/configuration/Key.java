package dev.signalbox.server.configuration;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One row of the table of keys.
 *
 * @param path as the file nests it, with dots; {@code *} stands for the place in a list, from 0
 * @param fallback the default as the file would write it; empty if there is none
 * @param secret never shown, and may be given as {@code path-file} instead
 * @param meaning one or two sentences for the documentation
 */
public record Key<T>(String path, Kind<T> kind, Optional<String> fallback, boolean secret, String meaning) {
    public static final String PREFIX = "SIGNALBOX_";
    public static final String FILE = "-file";

    public static <T> Key<T> of(String path, Kind<T> kind, String fallback, String meaning) {
        return new Key<>(path, kind, Optional.of(fallback), false, meaning);
    }

    public static <T> Key<T> optional(String path, Kind<T> kind, String meaning) {
        return new Key<>(path, kind, Optional.empty(), false, meaning);
    }

    public static <T> Key<T> secret(String path, Kind<T> kind, String meaning) {
        return new Key<>(path, kind, Optional.empty(), true, meaning);
    }

    /** {@code delivery.sms.ca-file} is {@code SIGNALBOX_DELIVERY_SMS_CA_FILE}. */
    public String variable() {
        return variable(path);
    }

    public static String variable(String path) {
        return PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    public boolean isInList() {
        return path.contains("*");
    }

    /** The path of this key in the list's element {@code index}. */
    public String at(int index) {
        return path.replace("*", Integer.toString(index));
    }

    /** The list's own path. */
    public String list() {
        return path.substring(0, path.indexOf(".*"));
    }

    public boolean covers(String given) {
        return pattern(path).matcher(given).matches()
                || (secret && pattern(path + FILE).matcher(given).matches());
    }

    /** The path that a variable means, if it means this key. */
    public Optional<String> pathOf(String variable) {
        return pathOf(variable, path).or(() -> secret ? pathOf(variable, path + FILE) : Optional.empty());
    }

    private static Optional<String> pathOf(String variable, String path) {
        var matcher = pattern(variable(path)).matcher(variable);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(matcher.groupCount() == 0 ? path : path.replace("*", matcher.group(1)));
    }

    private static Pattern pattern(String path) {
        return Pattern.compile(Pattern.quote(path).replace("*", "\\E(0|[1-9]\\d{0,3})\\Q"));
    }
}
