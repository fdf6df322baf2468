package dev.signalbox.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "250ms,PT0.25S",
        "30s,PT30S",
        "1m30s,PT1M30S",
        "1.5h,PT1H30M",
        "1.000000001h,PT1H0.0000036S",
        "0.999999999d,PT23H59M59.9999136S",
        "1.123456789s,PT1.123456789S",
        "1.9ns,PT0.000000001S",
        "0.0000019ms,PT0.000000001S",
        "106751d23h47m,PT2562047H47M",
        "2d,PT48H",
        "0,PT0S",
        "0s,PT0S",
        "PT5M,PT5M",
        "100us,PT0.0001S",
        "1h0m0s,PT1H"
    })
    void readsWhatPeopleAndGoWrite(String text, Duration duration) {
        assertThat(DurationText.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "s",
                "5 s",
                "-5s",
                "5sec",
                "1m30",
                "99999999999999h",
                "213503d23h34m",
                "99999999999d",
                "18446744074s999999999s",
                "PT99999999999999999999S",
                "soon"
            })
    void refusesEverythingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> DurationText.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"PT0.25S,250ms", "PT30S,30s", "PT90S,90s", "PT2M,2m", "PT1H,1h", "PT48H,2d", "PT0S,0s"})
    void writesTheShortestForm(Duration duration, String text) {
        assertThat(DurationText.format(duration)).isEqualTo(text);
        assertThat(DurationText.parse(text)).isEqualTo(duration);
    }
}
