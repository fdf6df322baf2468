package dev.signalbox.session.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which of the events that a reader has seen are remembered. */
class CheckpointsTest {
    private final Checkpoints checkpoints = new Checkpoints();

    @Test
    void theNewestAreKeptAndEverFewerOfTheOlder() {
        assertThat(checkpoints.all()).isEmpty();
        LongStream.rangeClosed(1, 21).forEach(offset -> checkpoints.add(id(offset)));

        assertThat(checkpoints.all().stream().map(EventId::offset))
                .containsExactly(1L, 5L, 9L, 11L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L, 21L);
    }

    @Test
    void whatTheStoreWentBackBehindIsForgotten() {
        LongStream.rangeClosed(1, 6).forEach(offset -> checkpoints.add(id(offset)));
        checkpoints.cutAfter(4);
        checkpoints.add(id(7));

        assertThat(checkpoints.all()).isEqualTo(List.of(id(1), id(2), id(3), id(4), id(7)));
    }

    private static EventId id(long offset) {
        return new EventId(offset, new UUID(offset, -offset));
    }
}
