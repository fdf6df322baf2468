package dev.signalbox.server.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.configuration.Key;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Starts that fail, with a canary in each secret and each URL: neither the reason, with all its causes, nor the log at its most
 * verbose repeats it, whatever a driver says.
 */
class StartSecretsTest {
    private static final String CANARY = "canary-0123456789-0123456789-tweet";
    private static final String ENCODED = Base64.getEncoder().encodeToString(CANARY.getBytes(ISO_8859_1));
    private static final String BODY_KEY =
            Base64.getEncoder().encodeToString("canary of 32 bytes for one body!".getBytes(ISO_8859_1));

    @TempDir
    private Path folder;

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> ear = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String trace =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            told.add(event.getLoggerName() + ": " + event.getFormattedMessage() + trace);
        }
    };

    private ServerSocket taken;

    @BeforeEach
    void listen() throws IOException {
        taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Logging.configure(LogFormat.PLAIN, LogLevel.TRACE);
        root.detachAndStopAllAppenders();
        ear.start();
        root.addAppender(ear);
    }

    @AfterEach
    void stop() throws IOException {
        taken.close();
        root.detachAppender(ear);
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
    }

    /** Each secret of each feature, so that all of them start; then the control port is not to be had. */
    @Test
    void afterEveryFeatureHasStarted() {
        List<String> sets = List.of(
                "auth.tokens.0.name=ops",
                "auth.tokens.0.token=" + CANARY,
                "clients.tokens.0.client=alice",
                "clients.tokens.0.token=" + CANARY,
                "clients.jwt.secret=" + CANARY,
                "database.user=me",
                "database.password=" + CANARY,
                "delivery.sms.url=http://127.0.0.1:1/send",
                "delivery.sms.token=" + CANARY,
                "delivery.sms.callback-secret=" + CANARY,
                "delivery.sms.backups.0.name=spare",
                "delivery.sms.backups.0.url=http://127.0.0.1:1/send",
                "delivery.sms.backups.0.token=" + CANARY,
                "delivery.sms.backups.0.callback-secret=" + CANARY,
                "delivery.body-keys=first:" + BODY_KEY,
                "delivery.cache.redis-url=redis://:" + CANARY + "@127.0.0.1:1",
                "exec.clients=alice",
                "exec.commands.0.name=c",
                "exec.commands.0.command=true",
                "exec.commands.0.env=TOKEN=" + CANARY,
                "llm.models.0.name=m",
                "llm.models.0.model=m",
                "llm.models.0.url=http://127.0.0.1:1/v1",
                "llm.models.0.api-key=" + CANARY,
                "llm.models.0.headers.x-key=" + CANARY,
                "delivery.email.host=127.0.0.1",
                "delivery.email.from=signalbox@example.com",
                "delivery.email.username=me",
                "delivery.email.password=" + CANARY,
                "maintenance.webhook.secret=" + CANARY + "-and-more",
                "maintenance.etcd.endpoints=http://127.0.0.1:1",
                "maintenance.etcd.user=me",
                "maintenance.etcd.password=" + CANARY,
                "delivery.webhook.url-secret=whsec_" + ENCODED,
                "hooks.connect=https://127.0.0.1:1/",
                "hooks.secret=whsec_" + ENCODED,
                "observatory.url=http://127.0.0.1:1",
                "observatory.token=" + CANARY,
                "observatory.headers.x-key=" + CANARY,
                "delivery.active=one",
                "ha.store=etcd",
                "ha.etcd.endpoints=http://127.0.0.1:1",
                "ha.etcd.user=me",
                "ha.etcd.password=" + CANARY,
                "ha.redis.url=redis://:" + CANARY + "@127.0.0.1:1",
                "cluster.link=redis",
                "cluster.url=redis://:" + CANARY + "@127.0.0.1:1",
                "cluster.secret=" + CANARY,
                "session.redis.url=redis://:" + CANARY + "@127.0.0.1:1",
                "session.mongodb.url=mongodb://me:" + CANARY + "@127.0.0.1:1/d");

        String failure = failure(sets);

        assertThat(failure).contains("cannot listen on 127.0.0.1:" + taken.getLocalPort());
        assertThat(SignalboxCommand.FEATURES.schema().keys())
                .filteredOn(Key::secret)
                .as("secret keys that have no canary here")
                .allMatch(key -> sets.stream().anyMatch(set -> key.covers(set.split("=", 2)[0])));
        assertSilent(failure);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session.redis.url=redis://:CANARY@127.0.0.1:1",
                "session.redis.url=redis://me:CANARY@127.0.0.1:1/0?timeout=1s",
                "session.redis.url=rediss://:CANARY@127.0.0.1:1",
                "session.redis.url=redis://:CANARY@nowhere.invalid",
                "session.redis.url=redis://:CANARY%zz@127.0.0.1:1",
                "session.redis.url=redis://:CANARY@127.0.0.1:99999",
                "session.redis.url=redis://:CANARY@[::1",
                "session.redis.url=redis://:CANARY @127.0.0.1:1",
                "session.redis.url=redis://127.0.0.1:1/CANARY",
                "session.redis.url=redis-sentinel://:CANARY@127.0.0.1:1",
                "session.redis.url=redis-sentinel://:CANARY@127.0.0.1:1#",
                "session.mongodb.url=mongodb://me:CANARY@127.0.0.1:1/d?serverSelectionTimeoutMS=200",
                "session.mongodb.url=mongodb://me:CANARY@127.0.0.1:port/d",
                "session.mongodb.url=mongodb://me:CANARY:b@127.0.0.1:1/d",
                "session.mongodb.url=mongodb://me:CANARY%zz@127.0.0.1:1/d",
                "session.mongodb.url=mongodb://me:a@CANARY@127.0.0.1:1/d",
                "session.mongodb.url=mongodb://me:CANARY@127.0.0.1:1/d?authMechanism=NOPE",
                "session.mongodb.url=mongodb://me:CANARY@127.0.0.1:1/d?authMechanismProperties=CANARY",
                "session.mongodb.url=mongodb://me:CANARY@127.0.0.1:1/d?CANARY=1&serverSelectionTimeoutMS=CANARY",
                "session.mongodb.url=mongodb+srv://me:CANARY@nowhere.invalid/d",
                "session.mongodb.url=mongodb+srv://me:CANARY@127.0.0.1:1,127.0.0.1:2/d",
                "session.mongodb.url=mongodb://me:CANARY/d",
            })
    void ofASessionStore(String set) {
        String store = set.startsWith("session.redis") ? "redis" : "mongodb";

        String failure = failure(List.of("session.store=" + store, set.replace("CANARY", CANARY)));

        assertThat(failure).as(set).containsAnyOf("session." + store + ".url", "session.store");
        assertSilent(failure);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://:CANARY%zz@127.0.0.1:1",
                "redis://me:CANARY@127.0.0.1:99999",
                "redis://:CANARY@[::1",
                "redis-sentinel://:CANARY@127.0.0.1:1#",
                "nats://me:CANARY%zz@127.0.0.1:1",
                "nats://me:CANARY@127.0.0.1:99999",
                "nats://me:CANARY@",
                "tls://me:CANARY@[::1"
            })
    void ofTheLinkOfACluster(String url) {
        String failure = failure(List.of(
                "cluster.link=" + (url.startsWith("redis") ? "redis" : "nats"),
                "cluster.secret=" + CANARY,
                "cluster.url=" + url.replace("CANARY", CANARY)));

        assertThat(failure).as(url).containsAnyOf("cluster.url", "cannot listen");
        assertSilent(failure);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"redis://:CANARY%zz@127.0.0.1:1", "redis://me:CANARY@127.0.0.1:99999", "redis://:CANARY@[::1"})
    void ofTheStoreOfLeases(String url) {
        String failure = failure(
                List.of("delivery.active=one", "ha.store=redis", "ha.redis.url=" + url.replace("CANARY", CANARY)));

        assertThat(failure).as(url).containsAnyOf("ha.redis.url", "cannot listen");
        assertSilent(failure);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "database.url=jdbc:postgresql://127.0.0.1:port/d?password=CANARY",
                "database.url=jdbc:postgresql:me:CANARY@127.0.0.1",
                "database.url=jdbc:postgresql://127.0.0.1:99999/d?password=CANARY%zz",
                "database.url=jdbc:sqlite:/nowhere/at/all?password=CANARY",
                "delivery.sms.url=http://me:CANARY@127.0.0.1:1/send",
                "observatory.url=http://me:CANARY@127.0.0.1:1",
                "observatory.url=http://127.0.0.1:1/?token=CANARY",
                "observatory.allowed=http://me:CANARY@127.0.0.1:1",
                "llm.models.0.url=http://me:CANARY@127.0.0.1:1/v1",
            })
    void ofAUrlThatMayNotHoldIt(String set) {
        String failure = failure(List.of(set.replace("CANARY", CANARY), "delivery.sms.token=t"));

        assertThat(failure).as(set).contains(set.substring(0, set.indexOf('=')));
        assertSilent(failure);
    }

    /** PostgreSQL's own server says no more than the user's name; one that is not may say anything, and so may a proxy. */
    @Test
    void ofAPasswordThatTheDatabaseRefuses() throws Exception {
        try (var database = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> refuseEveryone(database));

            String failure = failure(List.of(
                    "database.url=postgresql://127.0.0.1:" + database.getLocalPort() + "/d?sslmode=disable",
                    "database.user=me",
                    "database.password=" + CANARY));
            String asUser = failure(List.of("database.url=postgresql://me:" + CANARY + "@127.0.0.1:"
                    + database.getLocalPort() + "/d?sslmode=disable"));
            String inUrl = failure(List.of("database.url=jdbc:postgresql://127.0.0.1:" + database.getLocalPort()
                    + "/d?user=me&sslmode=disable&password=" + CANARY));

            assertThat(failure).contains("password authentication failed");
            assertThat(asUser).contains("password authentication failed");
            assertThat(inUrl).contains("password authentication failed");
            assertSilent(failure + asUser + inUrl);
        }
    }

    private void refuseEveryone(ServerSocket database) {
        while (!database.isClosed()) {
            try (Socket socket = database.accept()) {
                var in = new DataInputStream(socket.getInputStream());
                var out = new DataOutputStream(socket.getOutputStream());
                in.readFully(new byte[in.readInt() - 4]); // the startup message
                out.write("R\0\0\0\b\0\0\0\3".getBytes(ISO_8859_1)); // asks for the password as it is
                in.readByte();
                in.readFully(new byte[in.readInt() - 4]);
                byte[] error =
                        "SFATAL\0C28P01\0Mpassword authentication failed for user \"me\"\0\0".getBytes(ISO_8859_1);
                out.writeByte('E');
                out.writeInt(error.length + 4);
                out.write(error);
                out.flush();
                in.read(); // until the driver closes
            } catch (IOException closed) {
                root.debug("the driver closed early, or the test is over", closed);
            }
        }
    }

    /** Starts a server that must fail, and returns its failure with all causes as a stack trace prints them. */
    private String failure(List<String> sets) {
        List<String> all = new ArrayList<>(
                List.of("data.folder=" + folder, "clients.port=0", "control.port=" + taken.getLocalPort()));
        all.addAll(sets);
        try (Server server = Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), all))) {
            throw new AssertionError("it started at " + server.controlUri());
        } catch (ConfigException | StartupException e) {
            var trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            return trace.toString();
        }
    }

    private void assertSilent(String failure) {
        assertThat(Stream.concat(Stream.of(failure), told.stream()))
                .noneMatch(words -> Stream.of(CANARY, ENCODED, BODY_KEY).anyMatch(words::contains));
    }
}
