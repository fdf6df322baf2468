package dev.signalbox.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenedTest {
    private final List<String> closed = new ArrayList<>();
    private final Opened opened = new Opened();

    private void opening(String name) {
        opened.opening(() -> closed.add(name));
    }

    private void failing(String name) {
        opened.opening(() -> {
            closed.add(name);
            throw new IOException(name + " does not stop");
        });
    }

    @Test
    void partsAreClosedInReverseAndOnce() {
        opening("server");
        opening("client");
        opened.close();
        opened.close();
        assertThat(closed).containsExactly("client", "server");
    }

    /** Else a process that did not stop would leave the others running, too. */
    @Test
    void oneThatFailsKeepsNoOtherFromBeingClosed() {
        failing("first");
        opening("second");
        failing("third");
        assertThatThrownBy(opened::close)
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("third does not stop")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("first does not stop"));
        assertThat(closed).containsExactly("third", "second", "first");
    }
}
