package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientGateway.Admission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The most sessions of a user, on all nodes together. */
@Timeout(120)
class ClusterLimitTest {
    private static final Principal ALICE = new Principal("alice", Map.of());

    private final ClusterFixture fixture = new ClusterFixture();
    private final List<FakeConnection> open = new ArrayList<>();

    @AfterEach
    void close() {
        fixture.close();
    }

    private ClusterFixture.Node node(String name, RouterOptions.AtSessionLimit atLimit) {
        fixture.options = ClusterFixture.OPTIONS.withSessions(new RouterOptions.Sessions(2, atLimit));
        return fixture.node(name);
    }

    /** Connects; the endpoint ends the session when it is told to close the connection. */
    private FakeConnection connect(ClusterFixture.Node node) {
        FakeConnection connection = new FakeConnection();
        ClientSession session = node.connect("alice", connection);
        connection.onClose = session::disconnected;
        open.add(connection);
        return connection;
    }

    private static @Nullable CloseReason closed(FakeConnection connection) {
        return connection.closed.get();
    }

    @Test
    void theOldestGivesWayOnWhicheverNodeItIs() {
        ClusterFixture.Node one = node("one", RouterOptions.AtSessionLimit.REPLACE_OLDEST);
        ClusterFixture.Node two = node("two", RouterOptions.AtSessionLimit.REPLACE_OLDEST);
        FakeConnection first = connect(one);
        fixture.settle();
        FakeConnection second = connect(two);
        fixture.settle();

        FakeConnection third = connect(two);
        eventually().until(() -> closed(first) == CloseReason.REPLACED);
        fixture.settle();
        FakeConnection fourth = connect(one);
        eventually().until(() -> closed(second) == CloseReason.REPLACED);

        assertThat(List.of(third, fourth)).allMatch(each -> closed(each) == null);
    }

    @Test
    void theNewcomerIsRefusedIfThatIsThePolicy() {
        ClusterFixture.Node one = node("one", RouterOptions.AtSessionLimit.REFUSE);
        ClusterFixture.Node two = node("two", RouterOptions.AtSessionLimit.REFUSE);
        FakeConnection first = connect(one);
        FakeConnection second = connect(two);
        fixture.settle();

        for (ClusterFixture.Node node : fixture.nodes) {
            assertThat(node.endpoint.gateway().connect(ALICE, new FakeConnection()))
                    .isEqualTo(new Admission.Refused(CloseReason.TOO_MANY_SESSIONS));
        }

        assertThat(List.of(first, second)).allMatch(each -> closed(each) == null);
        first.close(CloseReason.GONE);
        fixture.settle();
        connect(two);
    }

    @ParameterizedTest
    @EnumSource
    void nodesThatDidNotKnowOfEachOthersSessionsCloseTheSameOnes(RouterOptions.AtSessionLimit policy) {
        ClusterFixture.Node one = node("one", policy);
        ClusterFixture.Node two = node("two", policy);
        fixture.settle();
        one.link.deaf = true;
        two.link.deaf = true;
        for (int i = 0; i < 2; i++) {
            connect(one);
            connect(two);
        }
        one.link.deaf = false;
        two.link.deaf = false;

        fixture.passUntil(
                Duration.ofMinutes(1),
                () -> assertThat(open).filteredOn(each -> closed(each) == null).hasSize(2));
        List<FakeConnection> survivors =
                policy == RouterOptions.AtSessionLimit.REFUSE ? open.subList(0, 2) : open.subList(2, 4);
        assertThat(survivors).allMatch(each -> closed(each) == null);
    }
}
