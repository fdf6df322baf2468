package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.router.ClientGateway.Admission;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Users who may not connect for some time. */
@Timeout(600)
class BanTest {
    private static final int ROUNDS = 2_000;

    private final RouterFixture fixture = new RouterFixture(RouterOptions.defaults());
    private final Router router = fixture.router;

    @AfterEach
    void close() {
        fixture.close();
    }

    private Admission connect(String user, Connection connection) {
        return fixture.endpoint.gateway().connect(new Principal(user, Map.of()), connection);
    }

    @Test
    void aBannedUserIsDisconnectedAndRefusedUntilTheEnd() {
        FakeConnection tab = new FakeConnection();
        FakeConnection other = new FakeConnection();
        FakeConnection bob = new FakeConnection();
        connect("alice", tab);
        connect("alice", other);
        connect("bob", bob);
        Instant end = fixture.clock.instant().plus(Duration.ofMinutes(10));

        assertThat(router.ban("alice", end)).isTrue();
        assertThat(tab.closed.get()).isEqualTo(CloseReason.REMOVED);
        assertThat(other.closed.get()).isEqualTo(CloseReason.REMOVED);
        assertThat(bob.closed.get()).isNull();
        assertThat(router.bannedUntil("alice")).contains(end);
        assertThat(connect("alice", new FakeConnection())).isEqualTo(new Admission.Refused(CloseReason.REMOVED));
        fixture.clock.advance(Duration.ofMinutes(10));
        assertThat(router.bannedUntil("alice")).isEmpty();
        assertThat(connect("alice", new FakeConnection())).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void aBanIsLifted() {
        router.ban("alice", fixture.clock.instant().plus(Duration.ofDays(1)));

        assertThat(router.unban("alice")).isTrue();
        assertThat(router.unban("alice")).isFalse();
        assertThat(connect("alice", new FakeConnection())).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void bansAreBoundedAndThoseThatAreOverMakeRoom() {
        Instant end = fixture.clock.instant().plus(Duration.ofMinutes(1));
        for (int i = 0; i < Bans.MOST; i++) {
            assertThat(router.ban("u" + i, end)).isTrue();
        }
        FakeConnection alice = new FakeConnection();
        connect("alice", alice);

        assertThat(router.ban("alice", end)).isFalse();
        assertThat(alice.closed.get()).as("nothing was done").isNull();
        assertThat(router.ban("u7", end.plusSeconds(1))).as("a longer one").isTrue();
        fixture.clock.advance(Duration.ofMinutes(1));
        assertThat(router.ban("alice", fixture.clock.instant().plusSeconds(1))).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> router.ban("no client", end));
    }

    @Test
    void nobodySlipsInWhileTheBanBegins() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String user = "u" + i;
            FakeConnection connection = new FakeConnection();
            CyclicBarrier start = new CyclicBarrier(2);
            Thread connecting = Thread.ofPlatform().start(() -> {
                RouterFixture.await(start);
                connect(user, connection);
            });
            RouterFixture.await(start);
            router.ban(user, fixture.clock.instant().plusSeconds(60));
            connecting.join();

            boolean present = router.sessions(user).size() == 1;
            assertThat(present && connection.closed.get() == null)
                    .as("round " + i)
                    .isFalse();
        }
    }

    @Test
    void theSubscriptionsOfASessionAreListed() {
        router.authorize((principal, operation, address) -> true);
        ClientSession session = fixture.endpoint.connect("alice", new FakeConnection());
        session.subscribe("news", new TopicStart.Now());
        session.subscribe("chat", new TopicStart.Now());

        assertThat(router.subscriptions(session.info().id())).containsExactly("chat", "news");
        session.unsubscribe("news");
        assertThat(router.subscriptions(session.info().id())).isEqualTo(List.of("chat"));
        assertThat(router.subscriptions(MessageId.next())).isEmpty();
    }
}
