package dev.signalbox.observatory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LaneTest {
    private final Lane lane = new Lane(Fixtures.nowhere(), false, null);

    @Test
    void aLaneWithACallerIsNotEvicted() {
        assertThat(lane.enter()).isTrue();
        assertThat(lane.evict()).isFalse();
        lane.leave();
        assertThat(lane.evict()).isTrue();
    }

    @Test
    void anEvictedLaneTakesNoCallerAndIsEvictedOnce() {
        assertThat(lane.evict()).isTrue();
        assertThat(lane.enter()).isFalse();
        assertThat(lane.enter()).isFalse();
        assertThat(lane.evict()).isFalse();
    }

    @Test
    void oneInWhichSomethingIsStays() {
        lane.taken.incrementAndGet();
        assertThat(lane.evict()).isFalse();
        lane.settled.incrementAndGet();
        assertThat(lane.evict()).isTrue();
    }

    @Test
    void aRecordThatComesWhileTheLaneGoesToRestIsNotForgotten() {
        lane.active.set(true);
        lane.taken.incrementAndGet();
        assertThat(lane.rest()).isFalse();
        assertThat(lane.active).isTrue();
        lane.settled.incrementAndGet();
        assertThat(lane.rest()).isTrue();
        assertThat(lane.active).isFalse();
    }

    @Test
    void whatIsToBeToldIsToldOnce() {
        lane.unreported(DropReason.FULL, 2);
        lane.unreported(DropReason.FULL, 3);
        lane.unreported(DropReason.TOO_LARGE, 1);
        assertThat(lane.takeUnreported()).isEqualTo(Map.of(DropReason.FULL, 5, DropReason.TOO_LARGE, 1));
        assertThat(lane.takeUnreported()).isEmpty();
    }
}
