package dev.signalbox.testing.contract;

import dev.signalbox.delivery.queue.SendResult;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;

/** What the compiler would not let a sender say, but nothing else prevents. */
@NullUnmarked
final class Nothing {
    private Nothing() {}

    static SendResult result() {
        return null;
    }

    static Optional<String> providerId() {
        return null;
    }
}
