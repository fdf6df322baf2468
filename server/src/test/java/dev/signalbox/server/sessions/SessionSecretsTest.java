package dev.signalbox.server.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.services.RealRedis;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A canary as a password that a store refuses: no exception and no line of the log has it. */
class SessionSecretsTest {
    private static final String CANARY = "canary-4711-do-not-tell";

    @TempDir
    Path folder;

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Level level = Level.INFO;

    @BeforeEach
    void listenToTheLog() {
        level = root.getLevel();
        log.start();
        root.addAppender(log);
        root.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stopListening() {
        root.setLevel(level);
        root.detachAppender(log);
    }

    @Test
    void aWrongPasswordOfRedisIsToldNowhere() {
        try (RealRedis redis = RealRedis.start()) {
            String url = "redis://nobody:" + CANARY + "@127.0.0.1:" + redis.port();
            assertIsSecret(start("session.store=redis", "session.redis.url=" + url));
        }
    }

    /** The server in memory knows no users, and so refuses every password. */
    @Test
    void aWrongPasswordOfMongoIsToldNowhere() {
        MongoServer mongo = new MongoServer(new MemoryBackend());
        mongo.bind();
        try {
            int port = mongo.getLocalAddress().getPort();
            Throwable refused = start(
                    "session.store=mongodb",
                    "session.mongodb.url=mongodb://me:" + CANARY + "@127.0.0.1:" + port
                            + "/d?serverSelectionTimeoutMS=2000");
            assertIsSecret(refused);
        } finally {
            mongo.shutdownNow();
        }
    }

    /** Why it does not start. */
    private Throwable start(String... settings) {
        List<String> all = Stream.concat(
                        Stream.of("data.folder=" + folder, "control.port=0", "clients.port=0", "log.level=debug"),
                        Stream.of(settings))
                .toList();
        return catchThrowable(() -> {
            var configuration = SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), all);
            Server.start(SignalboxCommand.FEATURES, configuration).close();
        });
    }

    private List<ILoggingEvent> logged() {
        synchronized (log) {
            return List.copyOf(log.list);
        }
    }

    private void assertIsSecret(Throwable failure) {
        assertThat(failure).isNotNull();
        StringWriter printed = new StringWriter();
        failure.printStackTrace(new PrintWriter(printed, true));
        assertThat(printed.toString()).doesNotContain(CANARY);
        assertThat(logged()).allSatisfy(line -> {
            assertThat(line.getFormattedMessage()).doesNotContain(CANARY);
            assertThat(line.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(line.getThrowableProxy()))
                    .doesNotContain(CANARY);
        });
    }
}
