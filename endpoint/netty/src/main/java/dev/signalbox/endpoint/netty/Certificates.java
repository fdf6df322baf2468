package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ListenerOptions.Tls;
import dev.signalbox.router.EndpointException;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an endpoint shows to its clients over TLS. When its files have changed, later connections get the new certificate; those that
 * are there keep theirs. Thread-safe.
 */
final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private final Tls files;
    private final List<String> protocols;
    private volatile SslContext current;
    private List<String> loaded;
    private List<String> seen;

    /**
     * Reads the files.
     *
     * @param protocols what clients may choose from (ALPN, RFC 7301); empty for nothing to choose
     * @throws EndpointException if the files cannot be used
     */
    Certificates(Tls files, List<String> protocols) {
        this.files = files;
        this.protocols = protocols;
        this.loaded = stamps();
        this.seen = loaded;
        this.current = load();
    }

    SslContext current() {
        return current;
    }

    /**
     * Looks whether the files have changed. They are read once two looks in a row found them the same, so that a pair of which only
     * one is written yet is not taken. What cannot be used is told, and the earlier certificate stays. Reads files: not for event
     * loops.
     */
    synchronized void refresh() {
        List<String> now = stamps();
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(loaded)) {
            return;
        }
        loaded = now;
        try {
            current = load();
            LOG.info("connections from now on get the changed certificate {}", files.certificateChain());
        } catch (EndpointException e) {
            LOG.warn("the files of the certificate were changed, and connections still get the earlier one", e);
        }
    }

    /** What tells a file that was changed from what it was. */
    private List<String> stamps() {
        return Stream.concat(
                        Stream.of(files.certificateChain(), files.privateKey()), files.clientAuthorities().stream())
                .map(Certificates::stamp)
                .toList();
    }

    private static String stamp(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException e) {
            return "unreadable";
        }
    }

    private SslContext load() {
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(
                            files.certificateChain().toFile(),
                            files.privateKey().toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2");
            files.clientAuthorities()
                    .ifPresent(authorities ->
                            builder.trustManager(authorities.toFile()).clientAuth(ClientAuth.REQUIRE));
            if (!protocols.isEmpty()) {
                builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        protocols));
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new EndpointException(
                    "no TLS with the certificate " + files.certificateChain() + " and the key " + files.privateKey()
                            + files.clientAuthorities()
                                    .map(path -> ", for clients of the authorities " + path)
                                    .orElse("")
                            + ": they must be readable PEM files, the key PKCS#8 without a password",
                    e);
        }
    }
}
