package dev.signalbox.server.configuration;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One row of the table of keys.
 *
 * @param path as the file nests it, with dots; {@code *} stands for the place in a list, from 0. One that ends with
 *     {@value #NAME} stands for any number of settings, whose names are the operator's own: a letter, then letters, digits, hyphens and
 *     underscores, in any case
 * @param fallback the default as the file would write it; empty if there is none
 * @param secret never shown, and may be given as {@code path-file} instead
 * @param meaning one or two sentences for the documentation
 */
public record Key<T>(String path, Kind<T> kind, Optional<String> fallback, boolean secret, String meaning) {
    public static final String PREFIX = "SIGNALBOX_";
    public static final String FILE = "-file";
    public static final String NAME = "NAME";
    private static final String NAMES = "." + NAME;

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

    /** Whether it stands for settings whose names are the operator's own. */
    public boolean isNamed() {
        return path.endsWith(NAMES);
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
        return covers(path, given) || (secret && covers(path + FILE, given));
    }

    /** Every start asks for all keys, so a pattern is made only for what begins like one. */
    private static boolean covers(String path, String given) {
        return standsForOne(path)
                ? path.equals(given)
                : given.startsWith(beginning(path))
                        && pattern(path).matcher(given).matches();
    }

    private static boolean standsForOne(String path) {
        return !path.contains("*") && !path.endsWith(NAMES);
    }

    /** What is before the place in a list, or before the operator's own name. */
    private static String beginning(String path) {
        int star = path.indexOf('*');
        return path.substring(0, star >= 0 ? star : path.length() - NAME.length());
    }

    /** The path that a variable means, if it means this key. A name in it is in lower case, with hyphens. */
    public Optional<String> pathOf(String variable) {
        return pathOf(variable, path).or(() -> secret ? pathOf(variable, path + FILE) : Optional.empty());
    }

    private static Optional<String> pathOf(String variable, String path) {
        if (standsForOne(path)) {
            return variable(path).equals(variable) ? Optional.of(path) : Optional.empty();
        }
        var matcher = variablePattern(path).matcher(variable);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String meant = path;
        if (path.contains("*")) {
            meant = meant.replace("*", matcher.group("index"));
        }
        if (path.endsWith(NAMES)) {
            String name = matcher.group("name").toLowerCase(Locale.ROOT).replace('_', '-');
            meant = meant.substring(0, meant.length() - NAME.length()) + name;
        }
        return Optional.of(meant);
    }

    private static Pattern variablePattern(String path) {
        boolean named = path.endsWith(NAMES);
        String fixed = variable(named ? path.substring(0, path.length() - NAME.length()) : path);
        return pattern(fixed, named ? "(?<name>[A-Z][A-Z0-9_]{0,63})" : "");
    }

    private static Pattern pattern(String path) {
        return path.endsWith(NAMES)
                ? pattern(path.substring(0, path.length() - NAME.length()), "[A-Za-z][\\w-]{0,63}")
                : pattern(path, "");
    }

    private static Pattern pattern(String fixed, String end) {
        return Pattern.compile(Pattern.quote(fixed).replace("*", "\\E(?<index>0|[1-9]\\d{0,3})\\Q") + end);
    }
}
