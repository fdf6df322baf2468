package dev.signalbox.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.signalbox.server.node.RunningControlPlane;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AuditLogTest {
    @TempDir
    private Path folder;

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.signalbox.audit");
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private RunningControlPlane server;

    @BeforeEach
    void start() {
        server = new RunningControlPlane(folder);
        written.start();
        logger.addAppender(written);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(written);
        logger.setLevel(null);
        server.close();
    }

    private List<String> lines() {
        synchronized (written) {
            return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        }
    }

    @Test
    void changesAndRefusedTokensAreWrittenAndReadingIsNot() throws Exception {
        String id = server.enqueued(RunningControlPlane.SMS);
        server.get("/api/messages/" + id);
        server.post("/api/messages/" + id + "/cancel");
        server.post("/api/messages/" + id + "/retry");
        server.post("/api/messaging/stop");
        server.send(server.request("/api/messages/x/retry")
                .setHeader("Authorization", "Bearer sender")
                .POST(noBody()));
        server.send(server.request("/api/overview").setHeader("Authorization", "Bearer s3cret-guess"));

        await().untilAsserted(() -> assertThat(lines())
                .containsExactly(
                        "who=admin role=ADMIN from=127.0.0.1 did=\"POST /api/messages/" + id + "/cancel\" status=200",
                        "who=admin role=ADMIN from=127.0.0.1 did=\"POST /api/messages/" + id + "/retry\" status=200",
                        "who=admin role=ADMIN from=127.0.0.1 did=\"POST /api/messaging/stop\" status=200",
                        "who=sender role=SENDER from=127.0.0.1 did=\"POST /api/messages/x/retry\" status=403",
                        "who=- role=- from=127.0.0.1 did=\"GET /api/overview\" status=401"));
    }

    private static HttpRequest.BodyPublisher noBody() {
        return HttpRequest.BodyPublishers.noBody();
    }

    @Test
    void enqueuingIsWrittenAtDebug() throws Exception {
        logger.setLevel(Level.DEBUG);
        server.enqueued(RunningControlPlane.SMS);

        await().untilAsserted(() -> assertThat(lines())
                .containsExactly("who=admin role=ADMIN from=127.0.0.1 did=\"POST /api/messages\" status=202"));
    }

    @Test
    void refusalsAreBoundedAndThenCounted() {
        var now = new AtomicReference<>(Instant.EPOCH);
        var audit = new AuditLog(now::get);
        for (int i = 0; i < 1000; i++) {
            audit.refused(request("/api/overview"), 401);
        }
        assertThat(lines()).hasSize(60);

        now.set(Instant.EPOCH.plusSeconds(61));
        audit.refused(request("/api/overview"), 401);
        assertThat(lines()).hasSize(62).contains("940 more refused requests were not written");
    }

    @Test
    void untrustedTextIsEscaped() {
        new AuditLog(Instant::now).refused(request("/a\"\\\u001b[31m\r\nwho=root\u202e"), 401);

        assertThat(lines())
                .containsExactly("who=- role=- from=127.0.0.1"
                        + " did=\"POST /a\\\"\\\\\\u001b[31m\\u000d\\u000awho=root\\u202e\" status=401");
    }

    private static Request request(String path) {
        return new Request(
                "POST",
                path,
                "",
                name -> null,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                InputStream.nullInputStream());
    }
}
