package dev.signalbox.server.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.http.HttpAnswer;
import dev.signalbox.router.TopicGrants;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a backend's answer. */
class HookAnswerTest {
    private static HookAnswer read(int status, String body, boolean whole) throws HookException {
        return HookAnswer.read(new HttpAnswer(status, Map.of(), body, whole));
    }

    @Test
    void anAnswerAllowsOrRefusesAndMayGrantTopics() throws HookException {
        assertThat(read(200, "{\"allow\": true}", true).allow()).isTrue();
        HookAnswer refused =
                read(200, "{\"allow\": false, \"reason\": \"" + "x".repeat(300) + "\", \"more\": 1}", true);
        assertThat(refused.allow()).isFalse();
        assertThat(refused.reason()).contains("x".repeat(200));
        assertThat(read(200, "{\"allow\": true, \"topics\": {\"join\": [\"a\"], \"publish\": [\"b*\"]}}", true)
                        .topics())
                .isEqualTo(new TopicGrants(List.of("b*"), List.of(), List.of("a")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "{}",
                "[]",
                "true",
                "{\"allow\": \"true\"}",
                "{\"allow\": null}",
                "{\"allow\": true, \"topics\": {\"join\": [\"a b\"]}}",
                "{\"allow\": true, \"topics\": {\"join\": [7]}}"
            })
    void anythingElseIsNone(String body) {
        assertThatExceptionOfType(HookException.class).isThrownBy(() -> read(200, body, true));
    }

    @Test
    void anotherStatusOrHalfABodyIsNone() {
        assertThatExceptionOfType(HookException.class).isThrownBy(() -> read(204, "{\"allow\": true}", true));
        assertThatExceptionOfType(HookException.class).isThrownBy(() -> read(403, "{\"allow\": true}", true));
        assertThatExceptionOfType(HookException.class).isThrownBy(() -> read(200, "{\"allow\": true}", false));
    }
}
