package dev.signalbox.server.configuration;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a value may be, and how its text becomes a value.
 *
 * @param allowed the end of the sentence "it must be …"
 * @param read throws IllegalArgumentException for anything else
 */
public record Kind<T>(String allowed, Function<String, T> read) {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*(|B|KiB|MiB|GiB)");

    public static Kind<String> host() {
        return text("a name or address of this machine; 0.0.0.0 for all");
    }

    public static Kind<Integer> port() {
        return whole(0, 65_535);
    }

    /** A bearer token of our own making. */
    public static Kind<String> token() {
        return matching("16 to 512 visible ASCII characters", Pattern.compile("[!-~]{16,512}"));
    }

    /** A bearer token of somebody else's service. */
    public static Kind<String> foreignToken() {
        return matching("1 to 1024 visible ASCII characters", Pattern.compile("[!-~]{1,1024}"));
    }

    /** The value of an HTTP header. */
    public static Kind<String> headerValue() {
        return matching(
                "1 to 4096 visible ASCII characters, with blanks only within",
                Pattern.compile("[!-~]([ -~]{0,4094}[!-~])?"));
    }

    public static Kind<String> name() {
        return matching("1 to 64 letters, digits, dots, hyphens or underscores", Pattern.compile("[\\w.-]{1,64}"));
    }

    public static Kind<String> text(String allowed) {
        return new Kind<>(allowed, text -> require(text, !text.isBlank()));
    }

    public static Kind<String> text(String allowed, int least, int most) {
        return new Kind<>(allowed, text -> require(text, text.length() >= least && text.length() <= most));
    }

    /** Whatever it is. */
    public static Kind<String> anything() {
        return new Kind<>("anything", text -> text);
    }

    public static Kind<Boolean> truth() {
        return new Kind<>("true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException();
        });
    }

    public static Kind<Integer> whole(int least, int most) {
        return new Kind<>("a whole number from " + least + " to " + most, text -> {
            int value = Integer.parseInt(text);
            return require(value, value >= least && value <= most);
        });
    }

    public static Kind<Double> decimal(double least, double most) {
        return new Kind<>("a number from " + least + " to " + most, text -> {
            double value = Double.parseDouble(text);
            return require(value, value >= least && value <= most);
        });
    }

    public static Kind<Duration> duration(String least, String most) {
        var shortest = DurationText.parse(least);
        var longest = DurationText.parse(most);
        return new Kind<>("a duration from " + least + " to " + most, text -> {
            var value = DurationText.parse(text);
            return require(value, value.compareTo(shortest) >= 0 && value.compareTo(longest) <= 0);
        });
    }

    public static Kind<Long> size(String least, String most) {
        long smallest = bytes(least);
        long largest = bytes(most);
        return new Kind<>("a size from " + least + " to " + most, text -> {
            long value = bytes(text);
            return require(value, value >= smallest && value <= largest);
        });
    }

    private static long bytes(String text) {
        var size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new IllegalArgumentException();
        }
        int shift = switch (size.group(2)) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 0;
        };
        long count = Long.parseLong(size.group(1));
        return require(count << shift, count <= Long.MAX_VALUE >> shift);
    }

    public static Kind<URI> url() {
        return new Kind<>("an http or https URL with a host and without credentials", text -> {
            var url = uri(text);
            boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            return require(
                    url, web && url.getHost() != null && url.getRawUserInfo() == null && url.getFragment() == null);
        });
    }

    /** A URL that a path is added to. */
    public static Kind<URI> base() {
        return new Kind<>(
                "an http or https URL with a host, without credentials, query and fragment",
                url().where(url -> url.getRawQuery() == null).read());
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static Kind<Path> path() {
        return new Kind<>("a path", text -> {
            try {
                return Path.of(require(text, !text.isBlank()));
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(e);
            }
        });
    }

    /** A file with certificates; it is read to see. */
    public static Kind<Path> certificates() {
        return new Kind<>(
                "a file that this user can read, with certificates in PEM form",
                path().where(Kind::holdsCertificates).read());
    }

    private static boolean holdsCertificates(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .isEmpty();
        } catch (IOException | CertificateException e) {
            return false;
        }
    }

    public static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
        String allowed =
                Arrays.stream(type.getEnumConstants()).map(Kind::written).collect(Collectors.joining(", "));
        return new Kind<>(
                "one of " + allowed,
                text -> Arrays.stream(type.getEnumConstants())
                        .filter(constant -> written(constant).equalsIgnoreCase(text))
                        .findFirst()
                        .orElseThrow(IllegalArgumentException::new));
    }

    public static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    public static Kind<String> matching(String allowed, Pattern pattern) {
        return new Kind<>(allowed, text -> require(text, pattern.matcher(text).matches()));
    }

    /** Words with blanks in between, at least one. */
    public static Kind<List<String>> words() {
        return new Kind<>(
                "a program and its arguments, with blanks in between",
                text -> List.of(require(text.strip(), !text.isBlank()).split("\\s+")));
    }

    /** Regular expressions with blanks in between, or none. */
    public static Kind<List<Pattern>> patterns() {
        return new Kind<>(
                "regular expressions, with blanks in between",
                text -> Pattern.compile("\\s+")
                        .splitAsStream(text.strip())
                        .filter(word -> !word.isEmpty())
                        .map(Pattern::compile)
                        .toList());
    }

    public boolean allows(String text) {
        try {
            return read.apply(text) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The same with a further condition. */
    public Kind<T> where(Predicate<T> condition) {
        return new Kind<>(allowed, text -> {
            T value = read.apply(text);
            return require(value, condition.test(value));
        });
    }

    private static <V> V require(V value, boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException();
        }
        return value;
    }
}
