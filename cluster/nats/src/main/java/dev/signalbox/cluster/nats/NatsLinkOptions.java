package dev.signalbox.cluster.nats;

import dev.signalbox.tls.Trust;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How a link reaches NATS. Invalid values cannot be built: the constructor throws {@link IllegalArgumentException}, which shows no
 * password.
 *
 * @param servers one or several as {@code nats://host:port}, or all of them as {@code tls://host:port}, without a user
 * @param login as whom; empty where the server asks for nothing
 * @param trust whose certificates are believed over TLS
 * @param prefix before each subject: 1 to 64 characters of {@code A-Z a-z 0-9 _ -}, and dots in between; nodes of one cluster share it
 * @param silence how long a server may leave a question unanswered before its connection is replaced; 100 ms to 1 min
 */
public record NatsLinkOptions(
        List<URI> servers, Optional<NatsLogin> login, Trust trust, String prefix, Duration silence) {
    private static final Pattern PREFIX = Pattern.compile("(?=.{1,64}$)[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    public NatsLinkOptions {
        servers = List.copyOf(servers);
        check(!servers.isEmpty(), "name a server, such as nats://localhost:4222");
        servers.forEach(NatsLinkOptions::checkServer);
        check(
                servers.stream().map(URI::getScheme).distinct().count() == 1,
                "servers are reached over TLS (tls://) all of them, or none");
        check(
                PREFIX.matcher(prefix).matches(),
                "prefix is \"" + prefix + "\"; give 1 to 64 letters, digits, _ or -, and dots in between");
        check(
                silence.compareTo(SHORTEST) >= 0 && silence.compareTo(LONGEST) <= 0,
                "silence " + silence + " is not in " + SHORTEST + ".." + LONGEST);
    }

    private static void checkServer(URI server) {
        check(
                "nats".equals(server.getScheme()) || "tls".equals(server.getScheme()),
                "a NATS server begins with nats:// or tls://");
        check(server.getHost() != null, "a NATS server has a host, such as nats://localhost:4222");
        check(server.getRawUserInfo() == null, "user and password are given as a login, not within a server");
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }

    /**
     * Reads them from a URL, such as {@code nats://user:password@host:4222}, or several with commas in between; the first user counts.
     * The system's authorities are believed, the prefix is {@code signalbox}, and the silence 3 s.
     */
    public static NatsLinkOptions of(String urls) {
        List<URI> given =
                Stream.of(urls.split(",", -1)).map(NatsLinkOptions::parse).toList();
        Optional<NatsLogin> login = given.stream()
                .flatMap(each -> Optional.ofNullable(each.getRawUserInfo()).stream())
                .findFirst()
                .map(NatsLogin::ofUserInfo);
        List<URI> servers = given.stream().map(NatsLinkOptions::withoutUser).toList();
        return new NatsLinkOptions(servers, login, Trust.system(), "signalbox", Duration.ofSeconds(3));
    }

    /** The URI's own complaint quotes it, and with it the password. */
    private static URI parse(String url) {
        try {
            return new URI(url.strip());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("a URL of NATS is malformed at index " + e.getIndex()
                    + "; percent-encode what is special in user and password");
        }
    }

    private static URI withoutUser(URI url) {
        check(url.getHost() != null, "a URL of NATS has a host, such as nats://localhost:4222");
        return URI.create(url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort()));
    }

    public NatsLinkOptions withLogin(NatsLogin value) {
        return new NatsLinkOptions(servers, Optional.of(value), trust, prefix, silence);
    }

    public NatsLinkOptions withTrust(Trust value) {
        return new NatsLinkOptions(servers, login, value, prefix, silence);
    }

    public NatsLinkOptions withPrefix(String value) {
        return new NatsLinkOptions(servers, login, trust, value, silence);
    }

    public NatsLinkOptions withSilence(Duration value) {
        return new NatsLinkOptions(servers, login, trust, prefix, value);
    }

    boolean isSecure() {
        return "tls".equals(servers.getFirst().getScheme());
    }
}
