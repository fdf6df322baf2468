package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.contract.TestClient;
import dev.signalbox.testing.contract.TestClient.Event;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several endpoints on the same threads. */
@Timeout(60)
class EventLoopsTest {
    private static final Authenticator ANYBODY = token -> Optional.of(new Principal(token, Map.of()));

    private static void assertNext(TestClient client, String text) {
        assertThat(client.next())
                .isInstanceOfSatisfying(
                        Event.Incoming.class,
                        incoming -> assertThat(incoming.payload()).isEqualTo(Payload.text(text)));
    }

    private static void broadcast(Router router, String text) {
        assertThat(router.send(Message.of(Address.logic("server"), Address.ALL, Payload.text(text)))
                        .complete())
                .isTrue();
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("endpoint-"))
                .filter(Thread::isAlive)
                .count();
    }

    @Test
    void whatGoesToAllReachesTheClientsOfEveryEndpointAndTheThreadsEndWithTheLast() throws IOException {
        await().until(() -> threads() == 0);
        EventLoops loops = Transport.NATIVE.loops();
        Endpoint web = WebSocketEndpoint.create(loops, WireFixture.OPTIONS, ANYBODY);
        Endpoint tcp = TcpEndpoint.create(
                loops,
                new TcpOptions(WireFixture.OPTIONS.listener(), TcpOptions.Framing.LINES),
                ANYBODY,
                ConnectionListener.NONE);
        try (Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO))) {
            router.attach(web);
            router.attach(tcp);
            TestClient socket = new JdkWebSocketClient(HttpClient.newHttpClient(), web.address(), Optional.of("a"));
            TestClient events = EventClient.connect(web.address(), Optional.of("b"));
            TestClient line = new TcpClient(
                    Transport.NATIVE.open(tcp.address().getPort()), TcpOptions.Framing.LINES, Optional.of("c"));
            for (TestClient client : List.of(socket, events, line)) {
                assertThat(client.next()).isInstanceOf(Event.Welcome.class);
            }
            assertThat(threads()).isEqualTo(1);
            broadcast(router, "to all");
            for (TestClient client : List.of(socket, events, line)) {
                assertNext(client, "to all");
            }
            web.close();
            broadcast(router, "to the rest");
            assertNext(line, "to the rest");
            assertThat(threads()).isEqualTo(1);
        }
        await().until(() -> threads() == 0);
    }
}
