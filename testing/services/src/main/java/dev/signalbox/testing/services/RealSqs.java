package dev.signalbox.testing.services;

import java.net.URI;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;

/**
 * ElasticMQ, which speaks the protocol of Amazon SQS, in this process on a free port of loopback. Its queues are in memory. Needs
 * {@code elasticmq-rest-sqs_2.13} on the class path. Thread-safe.
 */
public final class RealSqs implements AutoCloseable {
    private static final String PART = "ElasticMQ: org.elasticmq:elasticmq-rest-sqs_2.13 as a dependency of the module";

    /** Made on first use; ends with the JVM. */
    private static final class Shared {
        static final RealSqs INSTANCE = start();
    }

    private final SQSRestServer server;
    private final URI url;

    private RealSqs(SQSRestServer server, URI url) {
        this.server = server;
        this.url = url;
    }

    /** The one server of this JVM. Where it cannot run, the test is skipped with a line that says why; with {@code CI=true} it fails. */
    public static RealSqs shared() {
        return Missing.unlessStarts(PART, () -> Shared.INSTANCE);
    }

    /** A server of one's own, for programs. */
    public static RealSqs start() {
        SQSRestServer server = SQSRestServerBuilder.withInterface("127.0.0.1")
                .withDynamicPort()
                .start();
        int port = server.waitUntilStarted().localAddress().getPort();
        return new RealSqs(server, URI.create("http://127.0.0.1:" + port));
    }

    /** The endpoint; it believes any credentials. */
    public URI url() {
        return url;
    }

    @Override
    public void close() {
        server.stopAndWait();
    }
}
