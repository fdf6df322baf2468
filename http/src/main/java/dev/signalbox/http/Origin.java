package dev.signalbox.http;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What connections can be shared by: two calls with the same one may use the same connection.
 *
 * @param host a name, or an address without brackets
 * @param address the only one to connect to; null for those that the system's resolver has for {@code host}
 */
record Origin(
        boolean secure, String host, int port, @Nullable InetAddress address) {
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    /** @throws IllegalArgumentException naming what is wrong with the URL, without repeating it: it may hold secrets */
    static Origin of(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        check(secure || scheme.equals("http"), "is not http or https");
        check(url.getHost() != null, "names no host");
        check(url.getRawUserInfo() == null, "has a user name or a password in it");
        check(url.getRawFragment() == null, "has a fragment");
        check(url.getPort() <= 65_535 && url.getPort() != 0, "has a port that does not exist");
        String host = url.getHost().replaceAll("^\\[|]$", "").toLowerCase(Locale.ROOT);
        return new Origin(secure, host, url.getPort() > 0 ? url.getPort() : secure ? HTTPS : HTTP, null);
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException("the URL " + violation);
        }
    }

    Origin at(InetAddress only) {
        return new Origin(secure, host, port, only);
    }

    /** As in the header {@code Host}: without the scheme's own port (RFC 9110, 7.2). */
    String authority() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return port == (secure ? HTTPS : HTTP) ? name : name + ":" + port;
    }

    @Override
    public String toString() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return name + ":" + port + (address == null ? "" : " (" + address.getHostAddress() + ")");
    }
}
