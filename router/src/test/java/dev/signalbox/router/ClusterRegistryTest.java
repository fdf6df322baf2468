package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node makes of what others tell of their sessions. */
class ClusterRegistryTest {
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final SettableClock clock = new SettableClock();
    private final List<String> told = new ArrayList<>();
    private final ClusterRegistry registry = new ClusterRegistry(
            clock,
            LEASE,
            id -> new ClusterOutbox(new ClusterLink.Channel("node." + id), 1 << 20, 0, topics -> new byte[0]),
            new ClusterRegistry.Watcher() {
                @Override
                public void came(RemoteNode node) {
                    told.add("came");
                }

                @Override
                public void incomplete(RemoteNode node) {
                    told.add("incomplete");
                }

                @Override
                public void appeared(String user, RemoteNode node) {
                    told.add("appeared " + user);
                }

                @Override
                public void ended(List<Address.Session> sessions) {
                    sessions.forEach(each -> told.add("ended " + each.user()));
                }

                @Override
                public void gone(RemoteNode node) {
                    told.add("gone");
                }
            });
    private final UUID id = UUID.randomUUID();
    private RemoteNode node = registry.heard(id);
    private long beats;

    @BeforeEach
    void complete() {
        beat(0);
        registry.arrived(node, new ClusterCopy.Part<>(0, 0, true, List.of()));
        assertThat(told).containsExactly("came", "incomplete");
        told.clear();
    }

    private void beat(long version) {
        node = registry.heard(id);
        registry.beat(
                node, new ClusterFrame.Beat(++beats, "other", Instant.EPOCH, version, Set.of("work"), false, Map.of()));
    }

    private SessionInfo session(String user) {
        return new SessionInfo(UUID.randomUUID(), user, Map.of(), "test", clock.instant(), clock.instant(), true);
    }

    private List<String> users() {
        return registry.sessions().stream()
                .map(each -> each.session().user())
                .sorted()
                .toList();
    }

    @Test
    void changesAreAppliedInTheirOrder() {
        SessionInfo alice = session("alice");
        registry.joined(node, new ClusterFrame.Joined(1, alice));
        registry.joined(node, new ClusterFrame.Joined(2, session("bob")));
        registry.left(node, new ClusterFrame.Left(3, alice.address(), false));
        beat(3);

        assertThat(users()).containsExactly("bob");
        assertThat(registry.nodesOf("bob")).containsExactly(node);
        assertThat(registry.nodesOf("alice")).isEmpty();
        assertThat(told).containsExactly("appeared alice", "appeared bob", "ended alice");
    }

    @Test
    void aUserAppearsOnceHoweverManySessionsThereAre() {
        SessionInfo first = session("alice");
        registry.joined(node, new ClusterFrame.Joined(1, first));
        registry.joined(node, new ClusterFrame.Joined(2, session("alice")));
        registry.left(node, new ClusterFrame.Left(3, first.address(), false));

        assertThat(told).containsExactly("appeared alice", "ended alice");
        assertThat(registry.nodesOf("alice")).containsExactly(node);
        assertThat(registry.sessionsOf("alice")).hasSize(1);
    }

    /** The thread that reads what it said may have stood still for longer than a lease. */
    @Test
    void whatANodeSaidThatIsForgottenMeanwhileIsNotKept() {
        clock.advance(LEASE);
        registry.expire();
        assertThat(told).containsExactly("gone");
        registry.joined(node, new ClusterFrame.Joined(1, session("alice")));

        assertThat(users()).isEmpty();
        assertThat(registry.nodesOf("alice")).isEmpty();
        assertThat(told).containsExactly("gone");
    }

    @Test
    void aMissingChangeIsNoticedAtTheNext() {
        registry.joined(node, new ClusterFrame.Joined(2, session("bob")));

        assertThat(told).containsExactly("incomplete");
        assertThat(users()).isEmpty();
    }

    @Test
    void aMissingChangeIsNoticedAtTheNextHeartbeat() {
        beat(1);

        assertThat(told).containsExactly("incomplete");
    }

    @Test
    void whatChangesWhileAllIsAwaitedIsAddedToIt() {
        SessionInfo alice = session("alice");
        SessionInfo bob = session("bob");
        beat(2);
        registry.left(node, new ClusterFrame.Left(3, alice.address(), false));
        registry.joined(node, new ClusterFrame.Joined(4, session("carol")));
        registry.arrived(node, new ClusterCopy.Part<>(3, 0, false, List.of(bob)));
        assertThat(users()).isEmpty();
        registry.arrived(node, new ClusterCopy.Part<>(3, 1, true, List.of(session("dave"))));

        assertThat(users()).containsExactly("bob", "carol", "dave");
        beat(4);
        assertThat(told)
                .containsExactly("incomplete", "ended alice", "appeared bob", "appeared dave", "appeared carol");
    }

    @Test
    void whoIsNotAmongAllIsGone() {
        registry.joined(node, new ClusterFrame.Joined(1, session("alice")));
        beat(5);
        registry.arrived(node, new ClusterCopy.Part<>(5, 0, true, List.of(session("bob"))));

        assertThat(users()).containsExactly("bob");
        assertThat(registry.nodesOf("alice")).isEmpty();
    }

    @Test
    void anAnswerThatDoesNotComeIsAskedForAgainButNotAtOnce() {
        beat(1);
        beat(1);
        assertThat(told).containsExactly("incomplete");

        clock.advance(Duration.ofSeconds(5));
        beat(1);
        assertThat(told).containsExactly("incomplete", "incomplete");
    }

    @Test
    void partsThatNobodyAskedForChangeNothing() {
        registry.joined(node, new ClusterFrame.Joined(1, session("alice")));
        registry.arrived(node, new ClusterCopy.Part<>(1, 0, true, List.of()));

        assertThat(users()).containsExactly("alice");
    }

    @Test
    void theTimeOfTheLastMessageIsUpdated() {
        SessionInfo alice = session("alice");
        registry.joined(node, new ClusterFrame.Joined(1, alice));
        Instant later = clock.instant().plusSeconds(5);
        registry.touched(node, Map.of(alice.id(), later, UUID.randomUUID(), later));

        assertThat(registry.sessions())
                .singleElement()
                .satisfies(each -> assertThat(each.session().lastMessageAt()).isEqualTo(later));
    }

    @Test
    void aNodeIsGoneAfterItsLeaseAndNotBefore() {
        registry.joined(node, new ClusterFrame.Joined(1, session("alice")));
        clock.advance(LEASE.minusMillis(1));
        registry.expire();
        assertThat(registry.nodes()).hasSize(1);

        clock.advance(Duration.ofMillis(1));
        registry.expire();

        assertThat(registry.nodes()).isEmpty();
        assertThat(users()).isEmpty();
        assertThat(registry.nodesOf("alice")).isEmpty();
        assertThat(registry.nodesWith("work")).isEmpty();
        assertThat(told).containsExactly("appeared alice", "gone", "ended alice");
    }

    @Test
    void aClockThatIsSetBackMakesNobodyLiveForEver() {
        clock.advance(Duration.ofHours(-1));
        registry.expire();
        assertThat(registry.nodes()).hasSize(1);
        clock.advance(LEASE);
        registry.expire();

        assertThat(registry.nodes()).isEmpty();
    }

    @Test
    void aSessionThatMovedStaysWithItsNewNode() {
        SessionInfo alice = session("alice");
        registry.joined(node, new ClusterFrame.Joined(1, alice));
        RemoteNode other = registry.heard(UUID.randomUUID());
        registry.beat(other, new ClusterFrame.Beat(++beats, "new", Instant.EPOCH, 1, Set.of(), false, Map.of()));
        registry.arrived(other, new ClusterCopy.Part<>(1, 0, true, List.of(alice)));
        registry.left(node, new ClusterFrame.Left(2, alice.address(), false));

        assertThat(registry.sessions())
                .singleElement()
                .satisfies(each -> assertThat(each.node()).isEqualTo(other));
        assertThat(registry.nodesOf("alice")).containsExactly(other);
    }

    @Test
    void aLogicIsFoundUntilItsNodeSaysOtherwise() {
        assertThat(registry.nodesWith("work")).containsExactly(node);
        registry.beat(node, new ClusterFrame.Beat(++beats, "other", Instant.EPOCH, 0, Set.of("more"), true, Map.of()));

        assertThat(registry.nodesWith("work")).isEmpty();
        assertThat(registry.nodesWith("more")).containsExactly(node);
        assertThat(node.isDraining()).isTrue();
    }

    @Test
    void aSignOfLifeThatIsOvertakenByANewerOneTellsNothing() {
        registry.beat(
                node, new ClusterFrame.Beat(beats + 2, "other", Instant.EPOCH, 0, Set.of("more"), false, Map.of()));
        registry.beat(
                node, new ClusterFrame.Beat(beats + 1, "other", Instant.EPOCH, 0, Set.of("work"), true, Map.of()));

        assertThat(registry.nodesWith("more")).containsExactly(node);
        assertThat(registry.nodesWith("work")).isEmpty();
        assertThat(node.isDraining()).isFalse();
    }

    @Test
    void aNodeThatGaveNoSignOfLifeIsNotShown() {
        registry.heard(UUID.randomUUID());

        assertThat(registry.nodes()).extracting(ClusterNode::name).containsExactly("other");
    }

    /** What the second page of the list was is not known, so whom it had must not count as gone. */
    @Test
    void aListOfWhichAPartIsMissingChangesNothing() {
        registry.joined(node, new ClusterFrame.Joined(1, session("alice")));
        beat(5);
        registry.arrived(node, new ClusterCopy.Part<>(5, 0, false, List.of(session("bob"))));
        registry.arrived(node, new ClusterCopy.Part<>(5, 2, true, List.of(session("dave"))));
        assertThat(users()).containsExactly("alice");

        beat(5);
        assertThat(told).containsExactly("appeared alice", "incomplete", "incomplete");
    }

    @Test
    void aSessionThatMovesHasOnlyEndedIfNoNodeHasItWithinALease() {
        SessionInfo alice = session("alice");
        SessionInfo bob = session("bob");
        registry.joined(node, new ClusterFrame.Joined(1, alice));
        registry.joined(node, new ClusterFrame.Joined(2, bob));
        RemoteNode other = registry.heard(UUID.randomUUID());
        registry.beat(other, new ClusterFrame.Beat(++beats, "new", Instant.EPOCH, 0, Set.of(), false, Map.of()));
        registry.arrived(other, new ClusterCopy.Part<>(0, 0, true, List.of()));
        told.clear();
        registry.left(node, new ClusterFrame.Left(3, alice.address(), true));
        registry.left(node, new ClusterFrame.Left(4, bob.address(), true));
        registry.joined(other, new ClusterFrame.Joined(1, bob));
        clock.advance(LEASE.minusMillis(1));
        node = registry.heard(id);
        registry.heard(other.id());
        registry.expire();
        assertThat(told).doesNotContain("ended alice");
        clock.advance(Duration.ofMillis(1));
        registry.expire();
        registry.expire();

        assertThat(told).containsOnlyOnce("ended alice").doesNotContain("ended bob");
    }

    @Test
    void aSessionThatIsMissingInAListMayHaveMoved() {
        SessionInfo alice = session("alice");
        registry.joined(node, new ClusterFrame.Joined(1, alice));
        beat(5);
        registry.arrived(node, new ClusterCopy.Part<>(5, 0, true, List.of()));
        assertThat(told).doesNotContain("ended alice");
        clock.advance(LEASE);
        node = registry.heard(id);
        registry.expire();

        assertThat(told).containsOnlyOnce("ended alice");
    }

    @Test
    void aSessionThatWasNeverKnownEndsAllTheSame() {
        registry.left(node, new ClusterFrame.Left(7, session("alice").address(), false));

        assertThat(told).containsExactly("incomplete", "ended alice");
    }
}
