package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a lease is held. */
class TenureTest {
    private static final Duration TEN = Duration.ofSeconds(10);

    private final TestClocks time = new TestClocks();
    private final Tenure tenure = new Tenure("a", "one", 7, Deadline.in(TEN, time.clocks()), time.clocks());

    @Test
    void isHeldUntilItsDeadline() {
        time.advance(TEN.minusNanos(1));
        assertThat(tenure.isHeld()).isTrue();
        assertThat(tenure.remaining()).isEqualTo(Duration.ofNanos(1));
        tenure.requireHeld();

        time.advance(Duration.ofNanos(1));

        assertThat(tenure.isHeld()).isFalse();
        assertThat(tenure.remaining()).isZero();
        assertThatThrownBy(tenure::requireHeld)
                .isInstanceOf(LeaseLostException.class)
                .hasMessage("the lease 'a' with epoch 7 is not held any more by one; stop what was done under it");
    }

    @Test
    void eitherClockEndsIt() {
        time.advanceMonotonic(TEN);
        assertThat(tenure.isHeld()).as("the wall clock was set back meanwhile").isFalse();

        var other = new Tenure("a", "one", 8, Deadline.in(TEN, time.clocks()), time.clocks());
        time.advanceWall(TEN);
        assertThat(other.isHeld()).as("the machine was suspended meanwhile").isFalse();
    }

    @Test
    void aWallClockThatIsSetBackProlongsNothing() {
        time.advanceWall(Duration.ofHours(-1));
        assertThat(tenure.remaining()).isEqualTo(TEN);
        time.advanceMonotonic(TEN);
        assertThat(tenure.isHeld()).isFalse();
    }

    @Test
    void whatRemainsIsByTheClockThatSaysLess() {
        time.advanceWall(Duration.ofSeconds(4));
        assertThat(tenure.remaining()).isEqualTo(Duration.ofSeconds(6));
        time.advanceMonotonic(Duration.ofSeconds(7));
        assertThat(tenure.remaining()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void isExtendedWhileItIsHeld() {
        time.advance(Duration.ofSeconds(9));
        assertThat(tenure.extend(Deadline.in(TEN, time.clocks()))).isTrue();
        time.advance(Duration.ofSeconds(9));
        assertThat(tenure.isHeld()).isTrue();
    }

    @Test
    void doesNotComeBackToLife() {
        time.advance(TEN);
        assertThat(tenure.extend(Deadline.in(TEN, time.clocks()))).isFalse();
        assertThat(tenure.isHeld()).isFalse();
    }

    @Test
    void endsOnce() {
        assertThat(tenure.end()).isTrue();
        assertThat(tenure.end()).isFalse();
        assertThat(tenure.isHeld()).isFalse();
        assertThat(tenure.extend(Deadline.in(TEN, time.clocks()))).isFalse();
    }
}
