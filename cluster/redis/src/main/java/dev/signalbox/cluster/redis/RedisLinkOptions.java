package dev.signalbox.cluster.redis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How a link reaches Redis. Invalid values cannot be built: the constructor throws {@link IllegalArgumentException}, which shows no
 * password.
 *
 * @param servers as {@code host:port}: the server; some of a Redis Cluster, which name the rest; or all Sentinels
 * @param sentinelMaster the name under which the Sentinels know the primary; empty if {@code servers} are no Sentinels
 * @param login as whom; empty for nobody. Sentinels are asked without
 * @param tls whether all connections are made over TLS; certificates and names are always checked
 * @param caFile the certificates that are believed, in PEM form; empty for the system's authorities
 * @param prefix before each channel, with a colon after it: 1 to 64 characters of {@code A-Z a-z 0-9 . _ : / -}; nodes of one cluster share it
 * @param silence how long a server may leave a question unanswered before its connections are replaced; 100 ms to 1 min
 */
public record RedisLinkOptions(
        List<String> servers,
        Optional<String> sentinelMaster,
        Optional<RedisLogin> login,
        boolean tls,
        Optional<Path> caFile,
        String prefix,
        Duration silence) {
    private static final Pattern URL =
            Pattern.compile("(rediss?)(-sentinel)?://(?:([^@]*)@)?([^@/#]+)(?:/\\d*)?(?:#(.+))?");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._:/-]{1,64}");
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int PORT = 6379;
    private static final int SENTINEL_PORT = 26379;

    public RedisLinkOptions {
        servers = List.copyOf(servers);
        check(!servers.isEmpty(), "name a server of Redis, such as localhost:6379");
        servers.forEach(each -> RedisNode.parse(each, PORT));
        check(
                PREFIX.matcher(prefix).matches(),
                "prefix is \"" + prefix + "\"; give 1 to 64 letters, digits or any of . _ : / -");
        check(
                silence.compareTo(SHORTEST) >= 0 && silence.compareTo(LONGEST) <= 0,
                "silence " + silence + " is not in " + SHORTEST + ".." + LONGEST);
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }

    /**
     * Reads them from a URL: {@code redis://user:password@host:6379} for a server, with more servers after commas for a Redis Cluster;
     * {@code redis-sentinel://user:password@host:26379,host:26379#name} for what Sentinels call by that name; {@code rediss} instead of
     * {@code redis} for TLS. The system's authorities are believed, the prefix is {@code signalbox}, and the silence 3 s.
     */
    public static RedisLinkOptions of(String url) {
        Matcher parts = URL.matcher(url.strip());
        check(
                parts.matches(),
                "a URL of Redis is redis://host:port or redis-sentinel://host:port,host:port#name, or the same with rediss;"
                        + " percent-encode what is special in user and password");
        boolean sentinel = parts.group(2) != null;
        check(
                sentinel == (parts.group(5) != null),
                "a URL of Sentinels ends with # and the name of the primary, and only that does");
        return new RedisLinkOptions(
                Stream.of(parts.group(4).split(",", -1)).map(String::strip).toList(),
                Optional.ofNullable(parts.group(5)),
                Optional.ofNullable(parts.group(3)).map(RedisLogin::ofUserInfo),
                parts.group(1).equals("rediss"),
                Optional.empty(),
                "signalbox",
                Duration.ofSeconds(3));
    }

    public RedisLinkOptions withLogin(RedisLogin value) {
        return new RedisLinkOptions(servers, sentinelMaster, Optional.of(value), tls, caFile, prefix, silence);
    }

    public RedisLinkOptions withCaFile(Path value) {
        return new RedisLinkOptions(servers, sentinelMaster, login, tls, Optional.of(value), prefix, silence);
    }

    public RedisLinkOptions withPrefix(String value) {
        return new RedisLinkOptions(servers, sentinelMaster, login, tls, caFile, value, silence);
    }

    public RedisLinkOptions withSilence(Duration value) {
        return new RedisLinkOptions(servers, sentinelMaster, login, tls, caFile, prefix, value);
    }

    List<RedisNode> nodes() {
        int port = sentinelMaster.isPresent() ? SENTINEL_PORT : PORT;
        return servers.stream().map(each -> RedisNode.parse(each, port)).toList();
    }
}
