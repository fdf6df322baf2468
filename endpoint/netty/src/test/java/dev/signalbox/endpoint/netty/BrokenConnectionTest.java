package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Clients that vanish or talk rubbish are counted, and leave a line at most: nobody can fill the log. */
class BrokenConnectionTest extends WireFixture {
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger ours = (Logger) LoggerFactory.getLogger("dev.signalbox");
    private final Queue<ILoggingEvent> logged = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> log = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event);
        }
    };

    @BeforeEach
    void listen() {
        log.start();
        root.addAppender(log);
        ours.addAppender(log);
        ours.setAdditive(false);
        ours.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stopListening() {
        root.detachAppender(log);
        ours.detachAppender(log);
        ours.setAdditive(true);
        ours.setLevel(null);
    }

    private void assertQuiet() {
        assertThat(logged)
                .filteredOn(event -> event.getLoggerName().startsWith("dev.signalbox")
                        || event.getLevel().isGreaterOrEqual(Level.INFO))
                .allSatisfy(event -> {
                    assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
                    assertThat(event.getThrowableProxy())
                            .as(event.getFormattedMessage())
                            .isNull();
                });
    }

    @ParameterizedTest
    @EnumSource
    void clientsThatVanishInTheMiddleOfAMessageAreCounted(Transport transport) throws IOException {
        open(transport, OPTIONS);
        for (int i = 0; i < 20; i++) {
            RawClient client = client("client" + i);
            client.send(RawClient.frame(RawClient.TEXT, "{\"type\":"));
            client.socket().shutdownOutput();
            client.close();
        }
        await().atMost(SOON).until(() -> router().sessions().isEmpty() && faults.size() >= 20);
        assertThat(faults).hasSize(20).allMatch(fault -> fault == Fault.BROKEN || fault == Fault.TLS);
        assertQuiet();
    }

    @ParameterizedTest
    @EnumSource
    void clientsThatAreResetAreNoError(Transport transport) throws IOException {
        open(transport, OPTIONS);
        for (int i = 0; i < 20; i++) {
            RawClient client = client("client" + i);
            client.send(RawClient.frame(RawClient.TEXT, "{\"type\":"));
            client.abort();
        }
        await().atMost(SOON).until(() -> router().sessions().isEmpty());
        assertQuiet();
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE_TLS", "NIO_TLS"})
    void rubbishInPlaceOfTlsIsCountedBeforeAndAfterTheUpgrade(Transport transport) throws IOException {
        open(transport, OPTIONS);
        byte[] rubbish = "this is not TLS, not at all\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 20; i++) {
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port())) {
                plain.getOutputStream().write(rubbish);
                plain.setSoTimeout(20_000);
                new RawClient(plain).awaitEnd();
            }
        }
        for (int i = 0; i < 20; i++) {
            Socket plain = new Socket(InetAddress.getLoopbackAddress(), port());
            RawClient client = keep(new RawClient(Transport.secure(plain))).connect("client" + i, "");
            // Past the TLS layer of the client.
            plain.getOutputStream().write(rubbish);
            assertThat(client.socket().isConnected()).isTrue();
        }
        await().atMost(SOON).until(() -> router().sessions().isEmpty() && faults.size() >= 40);
        assertThat(faults).hasSize(40).containsOnly(Fault.TLS);
        assertQuiet();
    }
}
