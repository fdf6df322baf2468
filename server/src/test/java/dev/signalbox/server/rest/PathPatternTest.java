package dev.signalbox.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
    private final PathPattern message = new PathPattern("/api/messages/{id}/cancel");
    private final PathPattern events = new PathPattern("/api/sessions/{+id}/events");

    @Test
    void aParameterIsOneSegmentAndIsDecoded() {
        assertThat(message.match("/api/messages/a%20b%C3%A9+/cancel")).contains(Map.of("id", "a bé+"));
        assertThat(message.match("/api/messages//cancel")).isEmpty();
        assertThat(message.match("/api/messages/a/b/cancel")).isEmpty();
        assertThat(message.match("/api/messages/a/cancel/")).isEmpty();
    }

    @Test
    void aParameterOfManySegmentsHoldsSlashesEncodedOrNot() {
        assertThat(events.match("/api/sessions/a/b/events")).contains(Map.of("id", "a/b"));
        assertThat(events.match("/api/sessions/a%2Fevents/events")).contains(Map.of("id", "a/events"));
        assertThat(events.match("/api/sessions//events")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%2Fb", "..", "%2e%2e", "a%2F..%2Fb", "%", "%2", "%zz", "%c3%28", "%00", "a%0Ab", "%-1"})
    void whatLeadsElsewhereOrCannotBeDecodedIsRefused(String id) {
        assertThatThrownBy(() -> message.match("/api/messages/" + id + "/cancel"))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(400));
    }

    @Test
    void theLiteralPathComesBeforeTheParameter() {
        assertThat(new PathPattern("/api/messages/sent")).isLessThan(new PathPattern("/api/messages/{id}"));
    }
}
