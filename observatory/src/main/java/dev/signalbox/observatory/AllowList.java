package dev.signalbox.observatory;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The destinations that a context from outside may name. A context comes with a request, and the sender of the request
 * writes it: without a list, anyone could have this process send its logs, or just a request, to any address that it
 * reaches. So the list is empty until told otherwise.
 *
 * <p>An entry is an origin ({@code https://logs.example.com}, with the port if it is not the scheme's own) and perhaps a
 * path. A URL is allowed if scheme, host and port are the same and its path is the entry's or lies below it, whole
 * segments counted: {@code /team} allows {@code /team/a}, not {@code /teammate}. A URL with a user, a query, a fragment,
 * a backslash, an encoded slash, dot or backslash, or a {@code .} or {@code ..} segment is never allowed, so that nothing
 * depends on how somebody else reads it. There are no wildcards; an address such as 169.254.169.254 is allowed only by an
 * entry that says so. What a name resolves to is not looked at: allow only names that you trust. Immutable.
 */
public final class AllowList {
    private static final Pattern TRICKS =
            Pattern.compile("%(2[ef]|5c|00|25)|\\\\|/\\.{1,2}(/|$)|//|;", Pattern.CASE_INSENSITIVE);

    /** Of a URL that is not allowed to have them: the password, a user's name that is as long as a token, a query's values. */
    private static final Pattern SECRETS =
            Pattern.compile("(?<=//)[^/@:]{8,}(?=(:[^/]*)?@)|(?<=//[^/@:]{0,64}:)[^/]*(?=@)|(?<==)[^&]+");

    private final List<Entry> entries;

    private AllowList(List<Entry> entries) {
        this.entries = entries;
    }

    /** Allows nothing. */
    public static AllowList empty() {
        return new AllowList(List.of());
    }

    /**
     * Allows these origins and paths.
     *
     * @throws IllegalArgumentException naming the first entry that is no origin with a plain path
     */
    public static AllowList of(List<String> entries) {
        return new AllowList(entries.stream().map(AllowList::entry).toList());
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    private static Entry entry(String text) {
        try {
            var url = Destination.of(Destination.parse(text), "", WireFormat.EVERWORKER)
                    .url();
            Preconditions.check(plain(url), "its path is not plain");
            return new Entry(scheme(url), host(url), port(url), trimmed(path(url)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + withoutSecrets(text)
                    + "' is no entry of an allow-list, such as https://logs.example.com/team: " + e.getMessage());
        }
    }

    private static String withoutSecrets(String text) {
        return SECRETS.matcher(text).replaceAll("***");
    }

    /** Whether a context may name this URL. */
    public boolean allows(URI url) {
        return url.getHost() != null
                && url.getScheme() != null
                && url.getRawUserInfo() == null
                && url.getRawQuery() == null
                && url.getRawFragment() == null
                && plain(url)
                && entries.stream().anyMatch(entry -> entry.covers(url));
    }

    private static boolean plain(URI url) {
        return !TRICKS.matcher(path(url)).find();
    }

    private static String scheme(URI url) {
        return String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    }

    private static String host(URI url) {
        return String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
    }

    private static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : scheme(url).equals("https") ? 443 : 80;
    }

    private static String path(URI url) {
        return url.getRawPath() == null ? "" : url.getRawPath();
    }

    private static String trimmed(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private record Entry(String scheme, String host, int port, String path) {
        boolean covers(URI url) {
            String wanted = trimmed(AllowList.path(url));
            return scheme.equals(AllowList.scheme(url))
                    && host.equals(AllowList.host(url))
                    && port == AllowList.port(url)
                    && (wanted.equals(path) || wanted.startsWith(path + "/"));
        }
    }
}
