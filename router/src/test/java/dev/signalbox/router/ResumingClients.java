package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Clients that lose their connections and come back: what the tests of that have in common. */
@Timeout(600)
abstract class ResumingClients {
    static final Address.Client ALICE = new Address.Client("alice");
    static final Address.Topic NEWS = Address.topic("news");
    static final Duration WINDOW = Duration.ofSeconds(30);

    final RouterFixture fixture = new RouterFixture(RouterOptions.defaults()
            .withResume(new RouterOptions.Resume(WINDOW, 3, 10, 10_000))
            .withSessions(new RouterOptions.Sessions(3, RouterOptions.AtSessionLimit.REFUSE)));
    final Router router = fixture.router;

    @BeforeEach
    void allowAll() {
        router.authorize((principal, operation, address) -> true);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    ClientSession begin(String user, Connection connection) {
        return connect(user, connection, new SessionStart.Resumable());
    }

    ClientSession connect(String user, Connection connection, SessionStart start) {
        var admission = fixture.endpoint.gateway().connect(new Principal(user, Map.of()), connection, start);
        return ((ClientGateway.Admission.Admitted) admission).session();
    }

    ClientSession resume(ClientSession earlier, Connection connection, Map<String, Position> seen) {
        return connect("alice", connection, new SessionStart.Resume(token(earlier), seen));
    }

    static String token(ClientSession session) {
        return session.resumption().orElseThrow().token();
    }

    static Optional<Resumption.Resumed> resumed(ClientSession session) {
        return session.resumption().orElseThrow().resumed();
    }

    Position at(String topic, long offset) {
        return new Position(router.topic(topic).orElseThrow().epoch(), offset);
    }

    Position all(long offset) {
        return new Position(fixture.endpoint.gateway().everyone().epoch(), offset);
    }

    Map<String, Position> nothing() {
        return Map.of("", all(0));
    }

    static void lose(ClientSession session, FakeConnection connection, Map<String, Position> written) {
        connection.close(CloseReason.GONE);
        session.lost(CloseReason.GONE, written);
    }

    void publish(int from, int to) {
        for (int i = from; i <= to; i++) {
            assertThat(router.send(to(NEWS, "m" + i)).complete()).isTrue();
        }
    }

    void awaitSessions(int count) {
        await().atMost(RouterFixture.SOON).until(() -> router.connected() == count);
    }
}
