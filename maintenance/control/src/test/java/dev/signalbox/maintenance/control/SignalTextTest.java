package dev.signalbox.maintenance.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"true", "1", "on", "enabled", "maintenance", "yes", " TRUE \n", "On", "YES", "\ton"})
    void wordsThatMeanOn(String text) {
        assertThat(SignalText.parse(text, "x")).contains(Signal.of("x", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "0", "off", "disabled", "no", "", "  ", "ture", "on fire", "2"})
    void allElseIsOff(String text) {
        assertThat(SignalText.parse(text, "x")).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadTheSame() {
        Signal signal = Signal.of("alice", "new disk: sdb").until(Instant.parse("2026-11-26T10:00:00Z"));

        assertThat(SignalText.parse(SignalText.format(signal), "x")).contains(signal);
        assertThat(SignalText.parse(SignalText.format(Signal.of("bob", "")), "x"))
                .contains(Signal.of("bob", ""));
    }

    @Test
    void anEndThatIsNoTimeIsNoEnd() {
        Optional<Signal> signal = SignalText.parse("on\nuntil: tomorrow\nreason: disk", "x");

        assertThat(signal.orElseThrow().until()).isEmpty();
        assertThat(signal.orElseThrow().reason()).contains("is no time like").endsWith("disk");
    }

    @Test
    void detailsAreCutToTheirLimits() {
        Signal signal = SignalText.parse("on\nactor: " + "a".repeat(200) + "\nreason: " + "r".repeat(900), "x")
                .orElseThrow();

        assertThat(signal.actor()).hasSize(100);
        assertThat(signal.reason()).hasSize(500);
        assertThat(SignalText.parse("on\n" + "x".repeat(5000), "x")).isEmpty();
    }

    @Test
    void aSignalHasOneLineOfEach() {
        assertThatThrownBy(() -> Signal.of("a\nb", "")).hasMessageContaining("actor must be one line");
        assertThatThrownBy(() -> Signal.of("a", "x".repeat(501))).hasMessageContaining("reason");
    }
}
