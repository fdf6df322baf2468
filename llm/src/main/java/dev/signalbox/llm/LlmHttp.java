package dev.signalbox.llm;

import dev.signalbox.tls.Trust;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How models are reached over HTTP: through which proxy, and whose certificates are trusted. Immutable; what it
 * {@linkplain #client builds} is meant for {@link LlmModel#withHttpClient} of many models.
 *
 * @param proxy such as {@code http://proxy.example:3128}; without one, the JVM's own choice
 * @param caFile certificates in PEM form that are trusted in place of the JVM's
 * @param connectTimeout for a connection, above 0
 */
public record LlmHttp(Optional<URI> proxy, Optional<Path> caFile, Duration connectTimeout) {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int LARGEST_PORT = 65_535;

    /** No proxy, the JVM's certificates, 10 s. */
    public static final LlmHttp DEFAULT = new LlmHttp(Optional.empty(), Optional.empty(), CONNECT_TIMEOUT);

    /**
     * One for the process: it holds a thread and the pool of connections. Its threads are daemons, so it needs no end. They
     * are the JDK's own pool: virtual ones, a new one for each read, cost a third more for each piece of a stream.
     */
    static final HttpClient CLIENT = DEFAULT.client();

    /**
     * Checks it.
     *
     * @throws IllegalArgumentException naming the field and what it must be
     */
    public LlmHttp {
        proxy.ifPresent(LlmHttp::checkProxy);
        if (!connectTimeout.isPositive()) {
            throw new IllegalArgumentException("connectTimeout is " + connectTimeout + "; it must be above 0");
        }
    }

    /** The message has no part of the URI, which may hold a password. */
    private static void checkProxy(URI proxy) {
        boolean plain = "http".equalsIgnoreCase(proxy.getScheme())
                && proxy.getHost() != null
                && proxy.getPort() > 0
                && proxy.getPort() <= LARGEST_PORT
                && proxy.getRawUserInfo() == null
                && proxy.getRawQuery() == null
                && proxy.getRawFragment() == null;
        if (!plain) {
            throw new IllegalArgumentException(
                    "proxy must be http://HOST:PORT, without user and password; a proxy that asks for them needs an"
                            + " HttpClient of your own");
        }
    }

    public LlmHttp withProxy(URI value) {
        return new LlmHttp(Optional.of(value), caFile, connectTimeout);
    }

    public LlmHttp withCaFile(Path value) {
        return new LlmHttp(proxy, Optional.of(value), connectTimeout);
    }

    public LlmHttp withConnectTimeout(Duration value) {
        return new LlmHttp(proxy, caFile, value);
    }

    /**
     * Builds a client. It does not follow redirects, which would take keys to other servers.
     *
     * @throws IllegalArgumentException if {@code caFile} cannot be read or holds no certificate
     */
    public HttpClient client() {
        var builder = HttpClient.newBuilder().connectTimeout(connectTimeout).followRedirects(Redirect.NEVER);
        proxy.ifPresent(at -> builder.proxy(ProxySelector.of(new InetSocketAddress(at.getHost(), at.getPort()))));
        caFile.ifPresent(file -> builder.sslContext(Trust.inFile(file).context()));
        return builder.build();
    }

    /**
     * Checks a header before there is a model for {@link LlmModel#withHeaders}.
     *
     * @throws IllegalArgumentException without the value, if HTTP or the JDK does not allow the header
     */
    public static void checkHeader(String name, String value) {
        header(HttpRequest.newBuilder(), name, value);
    }

    /**
     * Adds a header. The JDK's own message would repeat the value.
     *
     * @throws IllegalArgumentException without the value
     */
    static void header(HttpRequest.Builder to, String name, String value) {
        try {
            to.header(name, value);
        } catch (IllegalArgumentException e) {
            throw invalid(name);
        }
    }

    private static IllegalArgumentException invalid(String name) {
        return new IllegalArgumentException("header " + name.replaceAll("[^ -~]", "?")
                + " cannot be sent: its name is not allowed, or its value has a line break or another control"
                + " character; was a key read with the newline at the end of its file?");
    }
}
