package dev.signalbox.server.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.configuration.Secret;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over a network that loses datagrams, to a server that the test plays. */
@Timeout(120)
class DatagramTransportTest {
    private static final String QUESTION = "\n" + " ".repeat(63);

    private final DatagramSocket server = open();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private SocketAddress client = new InetSocketAddress(0);

    private final ClientTransport.Listener listener = new ClientTransport.Listener() {
        @Override
        public void frame(String json) {
            told.add(json);
        }

        @Override
        public void closed(int code, String reason) {
            told.add("closed " + code);
        }

        @Override
        public void failed(String words) {
            told.add("failed: " + words);
        }
    };

    private static DatagramSocket open() {
        try {
            DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            socket.setSoTimeout(30_000);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    private URI url() {
        return URI.create("udp://127.0.0.1:" + server.getLocalPort());
    }

    private CompletableFuture<ClientTransport> connect() {
        return CompletableFuture.supplyAsync(
                () -> ClientTransport.open(url(), new Secret("t"), listener),
                task -> Thread.ofVirtual().start(task));
    }

    private String read() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
        server.receive(packet);
        client = packet.getSocketAddress();
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    /** What comes behind questions for a key: one may have been repeated before its answer came. */
    private String readBehindQuestions() throws IOException {
        String datagram = read();
        while (datagram.equals(QUESTION)) {
            datagram = read();
        }
        return datagram;
    }

    private void say(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        server.send(new DatagramPacket(bytes, bytes.length, client));
    }

    private static String welcome(int idle) {
        return "{\"type\":\"welcome\",\"limits\":{\"frame\":100,\"idle\":" + idle + "}}\n";
    }

    @Test
    void aQuestionThatIsLostIsAskedAgainAndAGreetingWithANewKey() throws Exception {
        CompletableFuture<ClientTransport> connecting = connect();
        assertThat(read()).isEqualTo(QUESTION);
        assertThat(read()).isEqualTo(QUESTION);
        say("{\"type\":\"key\",\"key\":\"K1\"}");
        assertThat(readBehindQuestions()).isEqualTo("K1\n{\"type\":\"auth\",\"token\":\"t\"}");
        // To the second question: it comes late, and is no answer to the token.
        say("{\"type\":\"key\",\"key\":\"late\"}");
        assertThat(read()).isEqualTo(QUESTION);
        say("{\"type\":\"key\",\"key\":\"K2\"}");
        assertThat(readBehindQuestions()).isEqualTo("K2\n{\"type\":\"auth\",\"token\":\"t\"}");
        say(welcome(60_000) + "{\"type\":\"ping\"}\n");

        try (ClientTransport transport =
                connecting.orTimeout(30, TimeUnit.SECONDS).join()) {
            await().until(() -> told.size() == 2);
            assertThat(told).containsExactly(welcome(60_000).strip(), "{\"type\":\"ping\"}");
            transport.write("{\"type\":\"pong\"}");
            assertThat(read()).isEqualTo("K2\n{\"type\":\"pong\"}");
            transport.write("x".repeat(98));
            assertThat(told.getLast()).startsWith("failed: a frame takes a datagram of 101 bytes");
        }
        assertThat(read()).isEqualTo("K2\n");
        assertThat(told).hasSize(3);
    }

    /** More than may wait for their answers at a time. */
    @Test
    void answersThatAreLostDoNotStopWhatIsSent() throws Exception {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        FramePrinter printer = new FramePrinter(nowhere, nowhere, true);
        CompletableFuture<ClientConversation> opening = CompletableFuture.supplyAsync(
                () -> ClientConversation.open(url(), new Secret("t"), printer, true),
                task -> Thread.ofVirtual().start(task));
        read();
        say("{\"type\":\"key\",\"key\":\"K1\"}");
        readBehindQuestions();
        say(welcome(60_000));
        try (ClientConversation conversation =
                opening.orTimeout(30, TimeUnit.SECONDS).join()) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(
                    () -> IntStream.range(0, 300).forEach(i -> conversation.send("client:bob", "x")),
                    task -> Thread.ofVirtual().start(task));
            assertThat(sending).succeedsWithin(Duration.ofSeconds(60));
        }
    }

    @Test
    void aServerThatSaysNothingAnyMoreIsLeft() throws Exception {
        CompletableFuture<ClientTransport> connecting = connect();
        read();
        say("{\"type\":\"key\",\"key\":\"K1\"}");
        read();
        say(welcome(200));
        connecting.orTimeout(30, TimeUnit.SECONDS).join();

        await().until(() -> told.contains("failed: the server says nothing any more"));
    }
}
