package dev.signalbox.delivery.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.delivery.queue.SendResult.NotSent;
import dev.signalbox.delivery.queue.SendResult.Unknown;
import dev.signalbox.tls.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * An attempt connects to an address that was just checked, and to no other, while TLS and the request still name the host. The
 * receiver's certificate is made by the JDK's keytool, for a name that no resolver knows but the one of this test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookPinningTest {
    private static final String HOST = "hooks.example.test";
    private static final String PASSWORD = "changeit";
    private static final WebhookKey KEY = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
    private static final String TAKEN = ScriptedReceiver.answer(204, "", "");

    /** What the name leads to; several with blanks in between. */
    private volatile String address = "127.0.0.1";

    private final WebhookTargets targets = new WebhookTargets(
            List.of(AddressRange.parse("127.0.0.0/8")),
            true,
            host -> Stream.of(address.split(" ")).map(InetAddress::ofLiteral).toArray(InetAddress[]::new));
    private SSLContext context;
    private Database database;
    private WebhookSender sender;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("receiver.p12");
        keytool("-genkeypair -keyalg EC -dname CN=receiver -ext san=dns:" + HOST
                + " -ext bc:c -validity 2 -storetype PKCS12 -keystore " + store);
        Path certificate = folder.resolve("receiver.pem");
        keytool("-exportcert -rfc -keystore " + store + " -file " + certificate);
        context = context(store);
        database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("endpoints.db")));
        var options = WebhookOptions.to(targets).withUrlKey(KEY).withTrust(Trust.inFile(certificate));
        sender = new WebhookSender(WebhookEndpoints.on(database), options, new WebhookListener() {});
    }

    @AfterAll
    void stop() {
        sender.close();
        database.close();
    }

    @Test
    void tlsNamesTheHostAndItsCertificateIsCheckedForIt() throws Exception {
        address = "127.0.0.1";
        try (var receiver = new ScriptedReceiver(TAKEN, secure())) {
            assertThat(send("https", HOST, receiver.port())).isInstanceOf(Accepted.class);
            assertThat(receiver.names()).containsExactly(new SNIHostName(HOST));
            assertThat(receiver.heads().getFirst()).contains("Host: " + HOST + ":" + receiver.port() + "\r\n");
            assertThat(((NotSent) send("https", "other.example.test", receiver.port())).reason())
                    .contains("other.example.test");
            assertThat(receiver.heads()).hasSize(1);
        }
    }

    /** The name is changed between creation and the attempt. */
    @Test
    void aNameThatMovesIntoAPrivateNetworkIsNotFollowed() throws Exception {
        address = "127.0.0.1";
        try (var receiver = new ScriptedReceiver(TAKEN)) {
            String url = "http://" + HOST + ":" + receiver.port() + "/";
            targets.check(url);
            assertThat(send("http", HOST, receiver.port())).isInstanceOf(Accepted.class);
            address = "192.168.0.1";
            assertThat(((NotSent) send("http", HOST, receiver.port())).reason()).contains("192.168.0.0/16");
            assertThatThrownBy(() -> targets.check(url)).hasMessageContaining("192.168.0.0/16");
            assertThat(receiver.heads()).hasSize(1);
        }
    }

    /** A connection that is kept leads to where the name led then. */
    @Test
    void aKeptConnectionIsNotUsedAfterTheNameMoved() throws Exception {
        address = "127.0.0.1";
        try (var before = new ScriptedReceiver(TAKEN);
                var after = new ScriptedReceiver(
                        TAKEN, new ServerSocket(before.port(), 50, InetAddress.ofLiteral("127.0.0.2")))) {
            assertThat(send("http", HOST, before.port())).isInstanceOf(Accepted.class);
            address = "127.0.0.2";
            assertThat(send("http", HOST, before.port())).isInstanceOf(Accepted.class);
            assertThat(before.heads()).hasSize(1);
            assertThat(after.heads()).hasSize(1);
        }
    }

    @Test
    void whereNobodyListensTheNextAddressIsTried() throws Exception {
        address = "127.0.0.3 127.0.0.1";
        try (var receiver = new ScriptedReceiver(TAKEN)) {
            assertThat(send("http", HOST, receiver.port())).isInstanceOf(Accepted.class);
        }
    }

    /** Nobody knows whether it was taken, and the next address may be the same receiver's. */
    @Test
    void whatWasWrittenToOneAddressIsNotWrittenToTheNext() throws Exception {
        address = "127.0.0.1 127.0.0.2";
        try (var first = new ScriptedReceiver("no answer of HTTP\r\n\r\n");
                var second = new ScriptedReceiver(
                        TAKEN, new ServerSocket(first.port(), 50, InetAddress.ofLiteral("127.0.0.2")))) {
            assertThat(send("http", HOST, first.port())).isInstanceOf(Unknown.class);
            assertThat(first.heads()).hasSize(1);
            assertThat(second.heads()).isEmpty();
        }
    }

    /** No proxy of the environment or the JVM stands between the check and the connection. */
    @Test
    void usesNoProxy() throws Exception {
        address = "127.0.0.1";
        try (var proxy = new ScriptedReceiver(TAKEN);
                var receiver = new ScriptedReceiver(TAKEN)) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", Integer.toString(proxy.port()));
            assertThat(send("http", HOST, receiver.port())).isInstanceOf(Accepted.class);
            assertThat(proxy.heads()).isEmpty();
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }
    }

    private SendResult send(String scheme, String host, int port) {
        String url = scheme + "://" + host + ":" + port + "/hook";
        return sender.send(
                new Delivery(UUID.randomUUID(), 0, 1, Channel.WEBHOOK, url, "{}", Map.of(), Duration.ofMinutes(1)));
    }

    private ServerSocket secure() throws IOException {
        return context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    }

    private static void keytool(String arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString()),
                        Stream.of((arguments + " -alias receiver -storepass " + PASSWORD).split(" ")))
                .toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static SSLContext context(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
