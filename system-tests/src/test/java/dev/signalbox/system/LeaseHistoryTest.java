package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ha.lease.Fence;
import org.junit.jupiter.api.Test;

/** The checker of histories finds what it looks for. */
class LeaseHistoryTest {
    private final LeaseHistory history = new LeaseHistory(Fence.inMemory());

    @Test
    void aGoodHistoryHasNoFaults() {
        history.elected("a", 1);
        history.wrote("a", 1, 100);
        history.lost("a", 1);
        history.elected("b", 2);
        history.wrote("b", 2, 200);
        history.wrote("a", 1, 150); // It arrives late, and the fence refuses it.

        assertThat(history.faults()).isEmpty();
        assertThat(history.leader()).contains("b");
        assertThat(history.accepted()).isEqualTo(2);
        assertThat(history.refused()).isEqualTo(1);
    }

    @Test
    void twoThatHoldTheLeaseAtOnceAreFound() {
        history.wrote("a", 1, 100);
        history.wrote("b", 2, 200);
        history.wrote("a", 1, 201);

        assertThat(history.faults()).singleElement().asString().contains("node=a", "1 ns after", "node=b");
    }

    @Test
    void anEpochOfTwoNodesIsFound() {
        history.elected("a", 7);
        history.elected("b", 7);

        assertThat(history.faults()).containsExactly("epoch 7 was given to a and to b");
    }

    @Test
    void aFenceThatLetsAnOlderEpochThroughIsFound() {
        LeaseHistory unfenced = new LeaseHistory((_, _) -> true);
        unfenced.wrote("b", 2, 200);
        unfenced.wrote("a", 1, 100);

        assertThat(unfenced.faults()).containsExactly("a write of a under epoch 1 was accepted after 2");
    }
}
