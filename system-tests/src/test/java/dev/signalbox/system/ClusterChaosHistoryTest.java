package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The checker of histories finds what it looks for. */
class ClusterChaosHistoryTest {
    private final ClusterChaosHistory history = new ClusterChaosHistory();

    @Test
    void aGoodHistoryHasNoFaults() {
        history.told("bob", "alice", 1);
        history.told("bob", "alice", 3); // Without an acknowledgement, messages may be lost.
        history.told("bob", "carol", 2);
        history.handled("alice 2", "id-1");
        history.handled("alice 2", "id-1"); // Again, as after a reconnect.
        history.acknowledged("alice 2");
        history.published("alice", 4);
        history.heard("bob", "alice", 4);
        history.ran("alice 5");

        assertThat(history.faults()).isEmpty();
        assertThat(history.counts()).containsEntry("told", 3).containsEntry("ran", 1);
    }

    @Test
    void aMessageThatComesTwiceOrOutOfOrderIsFound() {
        history.told("bob", "alice", 1);
        history.told("bob", "alice", 1);
        history.told("bob", "alice", 3);
        history.told("bob", "alice", 2);

        assertThat(history.faults())
                .containsExactly("bob got message 1 of alice after 1", "bob got message 2 of alice after 3");
    }

    @Test
    void anAcknowledgementWithoutADeliveryIsFound() {
        history.acknowledged("alice 1");

        assertThat(history.faults()).singleElement().asString().contains("alice 1", "arrived nowhere");
    }

    @Test
    void twoDeliveriesUnderTwoIdsAreFound() {
        history.handled("alice 1", "id-1");
        history.handled("alice 1", "id-2");

        assertThat(history.faults()).singleElement().asString().contains("alice 1", "id-1", "id-2");
    }

    @Test
    void aPublicationThatIsMissingWithoutAGapIsFound() {
        history.heard("bob", "alice", 1);
        history.heard("bob", "alice", 4);
        history.published("alice", 1);
        history.published("alice", 3); // 2 was refused to its sender, and 4 is heard before its sender knows.

        assertThat(history.faults()).singleElement().asString().contains("bob", "alice", "number=3");
    }

    @Test
    void aGapThatWasToldIsNone() {
        history.heard("bob", "alice", 1);
        history.heard("carol", "alice", 1);
        history.gap("bob");
        history.heard("bob", "alice", 3);
        history.heard("carol", "alice", 2);
        history.heard("carol", "alice", 3);
        history.published("alice", 2);

        assertThat(history.faults()).isEmpty();
    }

    @Test
    void aGapCountsOnceAndForItsSubscriberOnly() {
        history.heard("bob", "alice", 1);
        history.heard("carol", "alice", 1);
        history.gap("bob");
        history.heard("bob", "alice", 2);
        history.heard("bob", "alice", 4);
        history.heard("carol", "alice", 4);
        history.published("alice", 3);

        assertThat(history.faults())
                .satisfiesExactlyInAnyOrder(
                        fault -> assertThat(fault).contains("bob", "number=3"),
                        fault -> assertThat(fault).contains("carol", "number=3"));
    }

    @Test
    void logicThatRunsTwiceIsFound() {
        history.ran("alice 1");
        history.ran("alice 2");
        history.ran("alice 1");

        assertThat(history.faults()).containsExactly("logic ran twice for message alice 1");
    }

    @Test
    void whatWasHeardAndToldIsKnown() {
        history.told("bob", "alice", 2);
        history.heard("bob", "alice", 5);

        assertThat(history.isTold("bob", "alice", 2)).isTrue();
        assertThat(history.isTold("bob", "alice", 3)).isFalse();
        assertThat(history.isHeard("bob", "alice", 5)).isTrue();
        assertThat(history.isHeard("carol", "alice", 5)).isFalse();
    }
}
