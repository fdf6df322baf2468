package dev.signalbox.server.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.session.bus.BusListener;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.GroupOptions;
import dev.signalbox.session.bus.Member;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SessionMetricsTest {
    /** Health is a component of the node's. */
    @Test
    void everythingThatTheBusTellsIsCounted() {
        assertThat(Arrays.stream(BusListener.class.getMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .map(Method::getName)
                        .filter(name -> !name.equals("health")))
                .allSatisfy(name -> assertThat(SessionMetrics.class.getDeclaredMethods())
                        .extracting(Method::getName)
                        .contains(name));
    }

    @Test
    void whatAGroupGivesUpOnIsCounted() throws Exception {
        var registry = new SimpleMeterRegistry();
        try (SessionBus<String> bus = SessionBus.builder(SessionStore.inMemory(Retention.FOREVER), Codec.text())
                        .listener(new SessionMetrics(registry))
                        .build();
                Member<String> member = bus.join("s", "g", GroupOptions.DEFAULT.withMaxAttempts(1))) {
            bus.send("s", "poison");
            member.take(1, Duration.ofSeconds(20)).getFirst().release();
            assertThat(member.take(1, Duration.ofMillis(10))).isEmpty();
            assertThat(registry.counter("signalbox.session.dead.lettered").count())
                    .isEqualTo(1);
        }
    }
}
