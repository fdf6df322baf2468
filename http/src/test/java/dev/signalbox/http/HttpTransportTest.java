package dev.signalbox.http;

import static dev.signalbox.testing.services.ScriptedHttpServer.answer;
import static dev.signalbox.testing.services.ScriptedHttpServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.http.Exchange.Answered;
import dev.signalbox.http.Exchange.NoAnswer;
import dev.signalbox.http.Exchange.NotWritten;
import dev.signalbox.testing.services.FreePort;
import dev.signalbox.testing.services.ScriptedHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against servers that break HTTP or the connection, byte for byte. */
class HttpTransportTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final HttpTransportOptions AT_ONCE =
            HttpTransportOptions.defaults().withConnectTimeout(PATIENCE).withSettling(Duration.ZERO);

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
    }

    private HttpTransport transport(HttpTransportOptions options) {
        return closing(HttpTransport.of(options));
    }

    private <T extends AutoCloseable> T closing(T resource) {
        opened.add(resource);
        return resource;
    }

    private static HttpCall call(ScriptedHttpServer server) {
        return HttpCall.post(server.url("/hook")).withBody("text/plain", "hello".getBytes(StandardCharsets.UTF_8));
    }

    private static int status(Exchange exchange) {
        return ((Answered) exchange).answer().status();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200\r\ncontent-length:5\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"
            })
    void readsEveryFramingAndKeepsTheConnection(String answer) {
        var server = closing(ScriptedHttpServer.saying(answer));
        var transport = transport(AT_ONCE);
        for (int i = 0; i < 3; i++) {
            var got = ((Answered) transport.exchange(call(server), PATIENCE)).answer();
            assertThat(got.body()).isEqualTo("hello");
            assertThat(got.whole()).isTrue();
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection: close\r\n", "connection: keep-alive, Close\r\n"})
    void doesNotUseAConnectionThatTheServerEnds(String header) {
        var server = closing(ScriptedHttpServer.saying("HTTP/1.1 200 OK\r\n" + header + "Content-Length: 0\r\n\r\n"));
        var transport = transport(AT_ONCE);
        transport.exchange(call(server), PATIENCE);
        transport.exchange(call(server), PATIENCE);
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void readsAnAnswerThatEndsWithTheConnection() {
        var server = closing(ScriptedHttpServer.sayingLast("HTTP/1.0 200 OK\r\n\r\nhello"));
        assertThat(transport(AT_ONCE).exchange(call(server), PATIENCE)).isInstanceOfSatisfying(Answered.class, got -> {
            assertThat(got.answer().body()).isEqualTo("hello");
            assertThat(got.answer().whole()).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "rubbish\r\n\r\n",
                "HTTP/1.1 2x0 OK\r\n\r\n",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"
            })
    void hasNoAnswerWithoutAReadableHead(String answer) {
        var server = closing(ScriptedHttpServer.sayingLast(answer));
        assertThat(transport(AT_ONCE).exchange(call(server), PATIENCE)).isInstanceOf(NoAnswer.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 100\r\n\r\nhello",
                "Content-Length: many\r\n\r\nhello",
                "Content-Length: -1\r\n\r\nhello",
                "Content-Length: +5\r\n\r\nhello",
                "Content-Length: 2000000000\r\n\r\nhello",
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n"
            })
    void knowsTheStatusOfAnAnswerWithoutAWholeBody(String rest) {
        var server = closing(ScriptedHttpServer.sayingLast("HTTP/1.1 202 Accepted\r\n" + rest));
        assertThat(transport(AT_ONCE).exchange(call(server), PATIENCE)).isInstanceOfSatisfying(Answered.class, got -> {
            assertThat(got.answer().status()).isEqualTo(202);
            assertThat(got.answer().whole()).isFalse();
        });
    }

    @Test
    void readsNoMoreOfABodyThanItMay() {
        var server = closing(ScriptedHttpServer.saying(answer("200 OK", "x".repeat(5_000))));
        var transport = transport(AT_ONCE.withLargestBody(10));
        var got = ((Answered) transport.exchange(call(server), PATIENCE)).answer();
        assertThat(got.body()).isEqualTo("x".repeat(10));
        assertThat(got.whole()).isFalse();
        assertThat(status(transport.exchange(call(server), PATIENCE))).isEqualTo(200);
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void readsNoEndlessHead() {
        var server = closing(ScriptedHttpServer.start((socket, number) -> {
            write(socket, "HTTP/1.1 200 OK\r\n");
            while (true) {
                write(socket, "X-Header: and so on and on\r\n");
            }
        }));
        assertThat(((NoAnswer) transport(AT_ONCE).exchange(call(server), PATIENCE)).reason())
                .contains("longer than");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel"})
    void waitsForTheRestOfAnAnswerNoLongerThanItMay(String begin) {
        var over = closing(new Over());
        var server = closing(ScriptedHttpServer.start((socket, number) -> {
            write(socket, begin);
            over.latch.await();
        }));
        long started = System.nanoTime();
        var got = transport(AT_ONCE).exchange(call(server), Duration.ofSeconds(2));
        assertThat(got instanceof NoAnswer || !((Answered) got).answer().whole())
                .isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .isGreaterThanOrEqualTo(Duration.ofMillis(1_999))
                .isLessThan(PATIENCE);
    }

    private record Over(CountDownLatch latch) implements AutoCloseable {
        Over() {
            this(new CountDownLatch(1));
        }

        @Override
        public void close() {
            latch.countDown();
        }
    }

    /** The server closes each connection after its answer and says so to nobody: every request has to get through. */
    @Test
    void noRequestMeetsAConnectionThatWasClosedAfterItsAnswer() throws Exception {
        var closed = new LinkedBlockingQueue<Integer>();
        var server = closing(ScriptedHttpServer.start((socket, number) -> {
            write(socket, answer("200 OK", "{}"));
            socket.close();
            closed.add(number);
        }));
        var transport = transport(HttpTransportOptions.defaults().withConnectTimeout(PATIENCE));
        for (int i = 0; i < 200; i++) {
            assertThat(status(transport.exchange(call(server), PATIENCE))).isEqualTo(200);
            assertThat(closed.poll(20, TimeUnit.SECONDS)).isNotNull();
        }
    }

    /** Its end may be under way, so a connection to a server that has not been seen to keep one rests first. */
    @Test
    void doesNotUseAConnectionAtOnceUntilTheServerHasShownToKeepThem() {
        var server = closing(ScriptedHttpServer.saying(answer("200 OK", "{}")));
        var resting = transport(AT_ONCE.withSettling(NEVER));
        for (int i = 0; i < 5; i++) {
            assertThat(status(resting.exchange(call(server), PATIENCE))).isEqualTo(200);
        }
        assertThat(server.connections()).isEqualTo(5);
    }

    @Test
    void anAnswerThatNobodyAskedForIsNeverTheNextRequestsAnswer() throws Exception {
        var said = new LinkedBlockingQueue<Integer>();
        var server = closing(ScriptedHttpServer.start((socket, number) -> {
            write(socket, answer("200 OK", "{\"to\":" + number + "}"));
            write(socket, answer("200 OK", "{\"unasked\":" + number + "}"));
            said.add(number);
        }));
        var transport = transport(HttpTransportOptions.defaults().withConnectTimeout(PATIENCE));
        for (int i = 1; i <= 200; i++) {
            var got = ((Answered) transport.exchange(call(server), PATIENCE)).answer();
            assertThat(got.body()).isEqualTo("{\"to\":" + i + "}");
            assertThat(said.poll(20, TimeUnit.SECONDS)).isEqualTo(i);
        }
        assertThat(server.connections()).isEqualTo(200);
    }

    @Test
    void writesNothingWhenItIsWithdrawn() {
        var server = closing(ScriptedHttpServer.saying(answer("200 OK", "{}")));
        var transport = transport(AT_ONCE);
        var asked = new AtomicInteger();
        var withdrawn = call(server).onlyIf(() -> asked.incrementAndGet() != 2);
        assertThat(transport.exchange(withdrawn, PATIENCE)).isInstanceOf(Answered.class);
        assertThat(transport.exchange(withdrawn, PATIENCE)).isInstanceOf(NotWritten.class);
        assertThat(transport.exchange(withdrawn, PATIENCE)).isInstanceOf(Answered.class);
        assertThat(server.requests()).hasSize(2);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void asksWhetherItMayBeginOnlyWhenItIsConnected() {
        var server = closing(ScriptedHttpServer.saying(answer("200 OK", "{}")));
        var connected = new ArrayList<Integer>();
        var call = call(server).onlyIf(() -> {
            // The server counts a connection when it accepts it, which may be a moment later.
            Awaitility.await().atMost(PATIENCE).until(() -> server.connections() == 1);
            connected.add(server.connections());
            return false;
        });
        assertThat(transport(AT_ONCE).exchange(call, PATIENCE)).isInstanceOf(NotWritten.class);
        assertThat(connected).containsExactly(1);
    }

    @Test
    void writesNothingWithoutTime() {
        var server = closing(ScriptedHttpServer.saying(answer("200 OK", "{}")));
        var transport = transport(AT_ONCE);
        assertThat(transport.exchange(call(server), PATIENCE)).isInstanceOf(Answered.class);
        assertThat(transport.exchange(call(server), Duration.ZERO)).isInstanceOf(NotWritten.class);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void breaksAWriteThatHangs() throws IOException {
        var deaf = closing(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        var call = HttpCall.post(URI.create("http://127.0.0.1:" + deaf.getLocalPort()))
                .withBody("text/plain", new byte[64 * 1024 * 1024]);
        assertThat(transport(AT_ONCE).exchange(call, Duration.ofMillis(300))).isInstanceOf(NotWritten.class);
    }

    @Test
    void anInterruptedWriteMayHaveBeenWhole() {
        var server = closing(ScriptedHttpServer.saying(answer("200 OK", "{}")));
        var call = call(server).onlyIf(() -> {
            Thread.currentThread().interrupt();
            return true;
        });
        assertThat(transport(AT_ONCE).exchange(call, PATIENCE)).isInstanceOf(NoAnswer.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void connectsToTheAddressItIsGivenUnderTheNameOfTheUrl() {
        var server = closing(ScriptedHttpServer.saying(answer("200 OK", "{}")));
        var call = HttpCall.get(URI.create("http://no-such-host.invalid:" + server.port() + "/a?b=c"))
                .to(InetAddress.getLoopbackAddress());
        assertThat(status(transport(AT_ONCE).exchange(call, PATIENCE))).isEqualTo(200);
        assertThat(server.requests().getFirst().head())
                .isEqualTo("GET /a?b=c HTTP/1.1\nHost: no-such-host.invalid:" + server.port() + "\n");
    }

    @Test
    void aConnectionToOneAddressIsNotUsedForAnother() throws IOException {
        var server = closing(ScriptedHttpServer.saying(answer("200 OK", "{}")));
        var transport = transport(AT_ONCE);
        assertThat(transport.exchange(call(server), PATIENCE)).isInstanceOf(Answered.class);
        var elsewhere = call(server).to(InetAddress.getByName("127.0.0.3"));
        assertThat(transport.exchange(elsewhere, PATIENCE)).isInstanceOf(NotWritten.class);
    }

    @Test
    void followsNoRedirect() {
        var server = closing(ScriptedHttpServer.saying(answer("307 Elsewhere\r\nLocation: /other", "")));
        assertThat(status(transport(AT_ONCE).exchange(call(server), PATIENCE))).isEqualTo(307);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void saysWhyItCouldNotConnect() {
        int free = FreePort.find();
        var transport = transport(AT_ONCE);
        var refused = transport.exchange(HttpCall.get(URI.create("http://127.0.0.1:" + free)), PATIENCE);
        assertThat(((NotWritten) refused).reason()).contains("could not connect to 127.0.0.1:" + free);
        var unknown = transport.exchange(HttpCall.get(URI.create("https://no-such-host.invalid/")), PATIENCE);
        assertThat(((NotWritten) unknown).reason()).contains("could not connect to no-such-host.invalid:443");
    }

    @Test
    void keepsNoMoreConnectionsThanItMay() throws InterruptedException {
        var all = new CountDownLatch(4);
        var server = closing(ScriptedHttpServer.start((socket, number) -> {
            all.countDown();
            all.await();
            write(socket, answer("200 OK", "{}"));
        }));
        var transport = transport(AT_ONCE.withKept(1));
        var callers = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            callers.add(Thread.ofVirtual().start(() -> transport.exchange(call(server), PATIENCE)));
        }
        for (var caller : callers) {
            caller.join();
        }
        assertThat(transport.kept()).isEqualTo(1);
        assertThat(status(transport.exchange(call(server), PATIENCE))).isEqualTo(200);
        assertThat(server.connections()).isEqualTo(4);
    }

    @Test
    void letsGoOfIdleConnections() {
        var ended = new CountDownLatch(1);
        var server = closing(ScriptedHttpServer.start((socket, number) -> {
            write(socket, answer("200 OK", "{}"));
            if (socket.getInputStream().read() < 0) {
                ended.countDown();
            }
        }));
        var transport = transport(AT_ONCE);
        assertThat(transport.exchange(call(server), PATIENCE)).isInstanceOf(Answered.class);
        Awaitility.await()
                .atMost(HttpTransport.LONGEST_IDLE.plus(PATIENCE))
                .until(() -> ended.getCount() == 0 && transport.kept() == 0);
    }

    @Test
    void closingEndsWhatIsUnderWay() throws Exception {
        var arrived = new CountDownLatch(1);
        var over = closing(new Over());
        var server = closing(ScriptedHttpServer.start((socket, number) -> {
            arrived.countDown();
            over.latch.await();
        }));
        var transport = HttpTransport.of(AT_ONCE);
        var results = new LinkedBlockingQueue<Exchange>();
        Thread.ofVirtual().start(() -> results.add(transport.exchange(call(server), PATIENCE.multipliedBy(3))));
        assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
        transport.close();
        assertThat(results.poll(20, TimeUnit.SECONDS)).isInstanceOf(NoAnswer.class);
    }
}
