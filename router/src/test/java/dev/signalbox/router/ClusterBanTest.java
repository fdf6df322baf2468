package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.signalbox.router.ClientGateway.Admission;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bans on all nodes of a cluster. */
@Timeout(120)
class ClusterBanTest {
    private final ClusterFixture fixture = new ClusterFixture();
    private final ClusterFixture.Node one = fixture.node("one");
    private final ClusterFixture.Node two = fixture.node("two");
    private final Instant end = fixture.clock.instant().plus(Duration.ofHours(1));

    @BeforeEach
    void settle() {
        fixture.settle();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static Admission connect(ClusterFixture.Node node) {
        return node.endpoint.gateway().connect(new Principal("mallory", Map.of()), new FakeConnection());
    }

    private static Optional<Instant> ban(ClusterFixture.Node node) {
        return node.router.bannedUntil("mallory");
    }

    /**
     * What was lost is noticed with a later heartbeat. Nodes tell each other how long a ban still lasts, so one that is on its way while
     * the clock moves ends that much later there.
     */
    private void passUntilBoth(Optional<Instant> expected) {
        fixture.passUntil(Duration.ofMinutes(1), () -> {
            for (ClusterFixture.Node node : List.of(one, two)) {
                assertThat(ban(node).isPresent()).isEqualTo(expected.isPresent());
                expected.ifPresent(until -> assertThat(ban(node).orElseThrow())
                        .isCloseTo(until, within(ClusterFixture.STEP.toMillis(), ChronoUnit.MILLIS)));
            }
        });
    }

    @Test
    void aUserWhoIsBannedOnOneNodeIsDisconnectedAndRefusedOnAllUntilItIsLiftedOnAny() {
        FakeConnection here = new FakeConnection();
        FakeConnection there = new FakeConnection();
        one.connect("mallory", here);
        two.connect("mallory", there);
        fixture.settle();

        assertThat(one.router.ban("mallory", end)).isTrue();

        eventually().until(() -> there.closed.get() == CloseReason.REMOVED);
        assertThat(here.closed.get()).isEqualTo(CloseReason.REMOVED);
        eventually().until(() -> ban(two).isPresent());
        assertThat(ban(two)).contains(end);
        assertThat(connect(two)).isEqualTo(new Admission.Refused(CloseReason.REMOVED));

        assertThat(two.router.unban("mallory")).isTrue();
        eventually().until(() -> ban(one).isEmpty());
        assertThat(connect(one)).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void aNodeThatComesLaterKnowsTheBan() {
        one.router.ban("mallory", end);

        ClusterFixture.Node three = fixture.node("three");

        eventually().until(() -> ban(three).isPresent());
        assertThat(connect(three)).isEqualTo(new Admission.Refused(CloseReason.REMOVED));
    }

    @Test
    void aNodeThatHeardNothingOfTheBanLearnsOfItAndDisconnectsTheUser() {
        FakeConnection there = new FakeConnection();
        two.connect("mallory", there);
        fixture.settle();
        two.link.deaf = true;
        one.router.ban("mallory", end);
        fixture.pass(Duration.ofSeconds(1));
        two.link.deaf = false;

        passUntilBoth(Optional.of(end));
        eventually().until(() -> there.closed.get() == CloseReason.REMOVED);
    }

    @Test
    void aBanThatWasLiftedDoesNotComeBackFromANodeThatDidNotHear() {
        one.router.ban("mallory", end);
        eventually().until(() -> ban(two).isPresent());
        two.link.deaf = true;
        assertThat(one.router.unban("mallory")).isTrue();
        fixture.pass(Duration.ofSeconds(1));
        two.link.deaf = false;

        passUntilBoth(Optional.empty());
    }

    @Test
    void ofTwoDecisionsMadeApartAllNodesKeepTheLater() {
        one.link.deaf = true;
        two.link.deaf = true;
        one.router.ban("mallory", end);
        fixture.clock.advance(Duration.ofMillis(1));
        two.router.ban("mallory", end.plusSeconds(60));
        fixture.pass(Duration.ofSeconds(1));
        one.link.deaf = false;
        two.link.deaf = false;

        passUntilBoth(Optional.of(end.plusSeconds(60)));
    }
}
